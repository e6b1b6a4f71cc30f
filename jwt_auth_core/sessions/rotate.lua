-- Judge one presented refresh token: decide_within() of record.py in Lua; the two change together, and the
-- limit with gcra.py of the limits.
-- KEYS[1]: the session's hash. ARGV: the token's digest, its parent's, its generation, idle
-- seconds, grace seconds, the time ('' = this server's), then of each rate that limits how often a session's
-- tokens are presented: its name, under which the hash keeps when all of it is there again, its interval in
-- microseconds, its count.
-- Answers the verdict, then what the caller may know, joined by tabs. No write comes before
-- the last check, and the first write is the only one that lack of memory can refuse (F-10).
local key, digest, parent = KEYS[1], ARGV[1], ARGV[2]
local generation, idle, grace = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local clock = ARGV[6] == '' and redis.call('TIME') or {ARGV[6], 0}
local time = clock[1]
local now = tonumber(time)

local uid, revoked, abs, last, auth, version, methods, current, gen, previous, confirmed, used, full = unpack(
  redis.call('HMGET', key, 'uid', 'rev', 'abs', 'last', 'auth', 'v', 'methods', 'cur', 'gen', 'prev',
    'confirmed', 'used', ARGV[7] or ''))
if not uid then
  return 'unknown'
end

local ends = tonumber(abs)
if not revoked and (now >= ends or now >= tonumber(last) + idle) then
  redis.call('DEL', key)
  return 'expired'
end

-- Returns the names and values to write, or nil and the answer.
local function count()
  local at, kept, seen, allowed = now * 1000000 + clock[2], {}, {}, true
  for i = 7, #ARGV, 3 do
    local name, interval = ARGV[i], tonumber(ARGV[i + 1])
    local found = i == 7 and full or i > 7 and redis.call('HGET', key, name) or '0'
    local empty = at + interval * ARGV[i + 2]
    local after = math.min(math.max(tonumber(found), at), empty) + interval
    allowed = allowed and after <= empty
    seen[#seen + 1] = found
    kept[#kept + 1] = name
    kept[#kept + 1] = string.format('%.0f', after)
  end
  if allowed then return kept end
  return nil, table.concat({'limited', uid, string.format('%.0f', at), unpack(seen)}, '\t')
end

local function accept(verdict)
  redis.call('EXPIRE', key, math.min(idle, ends - now))
  return table.concat({verdict, uid, auth, abs, version or '', methods or ''}, '\t')
end

local function refuse(...)
  local counts, limited = count()
  if not counts then return limited end
  if counts[1] then redis.call('HSET', key, unpack(counts)) end
  return table.concat({...}, '\t')
end

if revoked then
  return refuse('revoked', uid, revoked)
end

local ahead = generation - tonumber(gen)
if digest == current and ahead == 0 then
  local counts, limited = count()
  if not counts then return limited end
  redis.call('HSET', key, 'used', used or time, 'last', time, unpack(counts))
  return accept('ok')
end
if (parent == current and ahead == 1) or ahead > 1 then
  local counts, limited = count()
  if not counts then return limited end
  redis.call('HSET', key, 'cur', digest, 'gen', ARGV[3], 'prev', parent,
    'confirmed', time, 'used', time, 'last', time, unpack(counts))
  return accept(ahead > 1 and 'resync' or 'ok')
end
if (digest == previous or parent == previous) and now <= tonumber(confirmed) + grace then
  return refuse('superseded', uid)
end

redis.call('HSET', key, 'rev', 'reuse', 'at', time)
redis.call('HDEL', key, 'cur', 'gen', 'prev', 'confirmed', 'used', 'last', 'created', 'auth', 'v', 'methods',
  'addr', 'agent', 'agent2', 'agent3', 'agent4')
redis.call('EXPIRE', key, ends - now)
return table.concat({'reuse', uid, 'reuse'}, '\t')
