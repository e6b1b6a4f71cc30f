-- Put a tombstone in a session's place. KEYS[1]: its hash. ARGV: the reason, the time ('' = this
-- server's). An unknown session stays unknown, an ended one keeps its first reason.
local key, reason = KEYS[1], ARGV[1]
local time = ARGV[2] == '' and redis.call('TIME')[1] or ARGV[2]

local record = redis.call('HMGET', key, 'abs', 'rev')
if not record[1] or record[2] then
  return 0
end

redis.call('HSET', key, 'rev', reason, 'at', time)
redis.call('HDEL', key, 'cur', 'gen', 'prev', 'confirmed', 'used', 'last', 'created', 'auth', 'v', 'methods',
  'addr', 'agent', 'agent2', 'agent3', 'agent4')
redis.call('EXPIRE', key, tonumber(record[1]) - tonumber(time))
return 1
