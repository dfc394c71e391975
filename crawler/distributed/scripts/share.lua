-- A host's name resolved: its first request waits for its turn at the address.
-- ARGV: prefix, host, address, milliseconds between two requests. Returns milliseconds to wait.
local p, name, ip, delay = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local host, address = p .. 'host:' .. name, p .. 'ip:' .. ip
delay = math.max(delay, tonumber(redis.call('HGET', host, 'delay') or 0))
local start = math.max(now, tonumber(redis.call('GET', address) or 0))
redis.call('HSET', host, 'free', start + delay)
if start + delay > now then redis.call('SET', address, start + delay, 'PX', start + delay - now) end
return start - now
