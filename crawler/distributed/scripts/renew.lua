-- Keep sites. ARGV: prefix, owner, milliseconds of a lease, then site, token, site, token …
-- Returns the sites that are another's by now. An expired lease that nobody took is renewed like any other.
local p, owner, lease = ARGV[1], ARGV[2], tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZADD', p .. 'workers', now, owner)
local lost = {}
for i = 4, #ARGV, 2 do
    if redis.call('HGET', p .. 'holders', ARGV[i]) == owner .. ' ' .. ARGV[i + 1] then
        redis.call('ZADD', p .. 'leases', now + lease, ARGV[i])
    else
        table.insert(lost, ARGV[i])
    end
end
return lost
