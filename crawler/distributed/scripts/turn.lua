-- May this host be asked now? ARGV: prefix, owner, site, token, host, address ('' if unknown),
-- milliseconds between two requests, milliseconds a request may take at most, milliseconds of a lease.
-- Returns 0: yes, and it is taken; milliseconds to wait; -1: the site is another's.
local p, owner, site, token, name, ip = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local delay, most, lease = tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9])
if redis.call('HGET', p .. 'holders', site) ~= owner .. ' ' .. token then return -1 end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local host, address = p .. 'host:' .. name, p .. 'ip:' .. ip
local known = redis.call('HMGET', host, 'free', 'asker', 'until', 'delay')
local free = tonumber(known[1] or 0)
if ip ~= '' then free = math.max(free, tonumber(redis.call('GET', address) or 0)) end
if known[2] and known[2] ~= owner and tonumber(known[3]) > now then
    -- another's request is on its way, unless that worker has been silent for as long as it takes to lose a site
    local heard = tonumber(redis.call('ZSCORE', p .. 'workers', known[2]) or 0)
    if heard + lease > now then return math.max(50, math.min(free - now, 1000)) end
end
if free > now then return free - now end
delay = math.max(delay, tonumber(known[4] or 0))
redis.call('HSET', host, 'free', now + delay, 'asker', owner, 'until', now + most, 'delay', delay)
redis.call('PEXPIRE', host, math.max(most, delay) + 3600000)
if ip ~= '' and delay > 0 then redis.call('SET', address, now + delay, 'PX', delay) end
return 0
