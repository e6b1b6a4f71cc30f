-- Keep a new session. KEYS[1]: its hash. ARGV: the first token's digest, user id, idle seconds,
-- longest age in seconds, the time ('' = this server's), the user's session version, when the user was
-- authenticated ('' = now), then names and values of the metadata.
-- Answers when the session was opened, also when the same call comes twice; nil when another
-- session has this id.
local key, digest, user = KEYS[1], ARGV[1], ARGV[2]
local idle, longest = tonumber(ARGV[3]), tonumber(ARGV[4])
local time = ARGV[5] == '' and redis.call('TIME')[1] or ARGV[5]

if redis.call('EXISTS', key) == 1 then
  local known = redis.call('HMGET', key, 'uid', 'cur', 'created')
  if known[1] == user and known[2] == digest then
    return known[3]
  end
  return nil
end

redis.call('HSET', key, 'uid', user, 'cur', digest, 'gen', 0, 'confirmed', time, 'last', time,
  'abs', string.format('%d', tonumber(time) + longest), 'created', time,
  'auth', ARGV[7] == '' and time or ARGV[7], 'v', ARGV[6], unpack(ARGV, 8))
redis.call('EXPIRE', key, math.min(idle, longest))
return time
