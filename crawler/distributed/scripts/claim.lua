-- Take sites that nobody holds. ARGV: prefix, owner, most sites wanted, milliseconds of a lease, mark of the round.
-- Returns site, token, site, token …; a token is given once and tells a holder from all earlier ones.
-- Returns nothing at all where another round, or none, is open.
local p, owner, want, lease, mark = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5]
local round = redis.call('HMGET', p .. 'round', 'state', 'mark')
if round[1] ~= 'open' or round[2] ~= mark then return false end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZADD', p .. 'workers', now, owner)
for _, site in ipairs(redis.call('ZRANGEBYSCORE', p .. 'leases', '-inf', now)) do
    redis.call('ZREM', p .. 'leases', site)
    redis.call('HDEL', p .. 'holders', site)
    redis.call('LPUSH', p .. 'todo', site)
end
-- towards the end everybody takes less at a time, so that all end together
local live = math.max(1, redis.call('ZCOUNT', p .. 'workers', now - lease, '+inf'))
local share = math.ceil(redis.call('LLEN', p .. 'todo') / (2 * live))
local taken = {}
for _ = 1, math.min(want, share) do
    local site = redis.call('LPOP', p .. 'todo')
    if not site then break end
    local token = redis.call('INCR', p .. 'fence')
    redis.call('HSET', p .. 'holders', site, owner .. ' ' .. token)
    redis.call('ZADD', p .. 'leases', now + lease, site)
    table.insert(taken, site)
    table.insert(taken, tostring(token))
end
return taken
