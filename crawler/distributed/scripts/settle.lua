-- What a worker has committed becomes the shared record of its site, whole or not at all; then the host is free.
-- ARGV: prefix, owner, site, token, milliseconds of a lease, host ('' for none), milliseconds until it may
-- be asked again, milliseconds between two requests, 1 if it was asked; then fingerprint, request, …
-- Returns 1, or 0 where the site is another's: nothing is recorded then.
local p, owner, site, token, lease, name = ARGV[1], ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5]), ARGV[6]
local ahead, delay, asked = tonumber(ARGV[7]), tonumber(ARGV[8]), ARGV[9]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if name ~= '' then
    local host = p .. 'host:' .. name
    local known = redis.call('HMGET', host, 'free', 'asker', 'delay')
    if known[2] == owner then
        local free = now + ahead
        if asked == '1' then free = math.max(free, tonumber(known[1] or 0)) end
        redis.call('HSET', host, 'free', free, 'until', 0, 'delay', math.max(delay, tonumber(known[3] or 0)))
        redis.call('PEXPIRE', host, math.max(0, free - now) + 3600000)
    end
end
if redis.call('HGET', p .. 'holders', site) ~= owner .. ' ' .. token then return 0 end
redis.call('ZADD', p .. 'leases', now + lease, site)
for i = 10, #ARGV, 2 do
    redis.call('HSET', p .. 'frontier:' .. site, ARGV[i], ARGV[i + 1])
end
return 1
