-- A site is done with, or given back. ARGV: prefix, owner, site, token, how: done, left or back.
-- Returns 1, or 0 where the site is another's.
local p, owner, site, token, how = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
if redis.call('HGET', p .. 'holders', site) ~= owner .. ' ' .. token then return 0 end
redis.call('HDEL', p .. 'holders', site)
redis.call('ZREM', p .. 'leases', site)
if how == 'back' then
    redis.call('LPUSH', p .. 'todo', site)
else
    redis.call('HSET', p .. 'ended', site, how)
    redis.call('DEL', p .. 'frontier:' .. site)
end
return 1
