-- Judge one presented refresh token: decide() of record.py in Lua; the two change together.
-- KEYS[1]: the session's hash. ARGV: the token's digest, its parent's, its generation, idle
-- seconds, grace seconds, the time ('' = this server's).
-- Answers the verdict, then what the caller may know, joined by tabs. No write comes before
-- the last check, and the first write is the only one that lack of memory can refuse (F-10).
local key, digest, parent = KEYS[1], ARGV[1], ARGV[2]
local generation, idle, grace = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local time = ARGV[6] == '' and redis.call('TIME')[1] or ARGV[6]
local now = tonumber(time)

local uid, revoked, abs, last, auth, version, methods, current, gen, previous, confirmed, used = unpack(
  redis.call('HMGET', key, 'uid', 'rev', 'abs', 'last', 'auth', 'v', 'methods', 'cur', 'gen', 'prev',
    'confirmed', 'used'))
if not uid then
  return 'unknown'
end
if revoked then
  return table.concat({'revoked', uid, revoked}, '\t')
end

local ends = tonumber(abs)
if now >= ends or now >= tonumber(last) + idle then
  redis.call('DEL', key)
  return 'expired'
end

local function accept(verdict)
  redis.call('EXPIRE', key, math.min(idle, ends - now))
  return table.concat({verdict, uid, auth, abs, version or '', methods or ''}, '\t')
end

local ahead = generation - tonumber(gen)
if digest == current and ahead == 0 then
  redis.call('HSET', key, 'used', used or time, 'last', time)
  return accept('ok')
end
if (parent == current and ahead == 1) or ahead > 1 then
  redis.call('HSET', key, 'cur', digest, 'gen', ARGV[3], 'prev', parent,
    'confirmed', time, 'used', time, 'last', time)
  return accept(ahead > 1 and 'resync' or 'ok')
end
if (digest == previous or parent == previous) and now <= tonumber(confirmed) + grace then
  return table.concat({'superseded', uid}, '\t')
end

redis.call('HSET', key, 'rev', 'reuse', 'at', time)
redis.call('HDEL', key, 'cur', 'gen', 'prev', 'confirmed', 'used', 'last', 'created', 'auth', 'v', 'methods',
  'addr', 'agent', 'agent2', 'agent3', 'agent4')
redis.call('EXPIRE', key, ends - now)
return table.concat({'reuse', uid, 'reuse'}, '\t')
