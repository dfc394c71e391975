-- A worker begins again: what it held before its end is its own once more, under new tokens.
-- ARGV: prefix, owner, milliseconds of a lease. Returns site, token, site, token …
local p, owner, lease = ARGV[1], ARGV[2], tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local held = redis.call('HGETALL', p .. 'holders')
local taken = {}
for i = 1, #held, 2 do
    if string.match(held[i + 1], '^(%S+)') == owner then
        local token = redis.call('INCR', p .. 'fence')
        redis.call('HSET', p .. 'holders', held[i], owner .. ' ' .. token)
        redis.call('ZADD', p .. 'leases', now + lease, held[i])
        table.insert(taken, held[i])
        table.insert(taken, tostring(token))
    end
end
return taken
