-- Takes from all buckets, or from none where any refuses. What changes together: this, gcra.py, migration 0035.
-- ARGV: the time or '', then of each key: interval, count, cost, first and longest wait, all in microseconds.
-- Returns the time, then of each key what was kept before: the verdicts follow from that.
local FORGIVEN = 86400000000
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end
local found, kept, all = redis.call('MGET', unpack(KEYS)), {}, true
local function flowing(full, interval, count, cost)
  local empty = now + interval * count
  full = math.min(math.max(full, now), empty) + cost * interval
  if full <= empty then return full, empty - full < interval end
end
local function wait(first, longest, strikes)
  return now + math.min(first * 2 ^ math.min(strikes - 1, 30), longest)
end
for i = 1, #KEYS do
  local interval, count, cost, first, longest = tonumber(ARGV[5 * i - 3]), tonumber(ARGV[5 * i - 2]),
    tonumber(ARGV[5 * i - 1]), tonumber(ARGV[5 * i]), tonumber(ARGV[5 * i + 1])
  local full, strikes = string.match(found[i] or '0', '^(%-?%d+) ?(%d*)$')
  full, strikes = tonumber(full) or 0, tonumber(strikes) or 0
  if longest == 0 or strikes == 0 or now >= full + FORGIVEN then
    if longest > 0 and strikes > 0 then full = 0 end
    local after, used = flowing(full, interval, count, cost)
    if not after then all = false
    elseif cost == 0 then kept[i] = false
    elseif used and longest > 0 then kept[i] = {wait(first, longest, 1), 1}
    else kept[i] = {after, 0} end
  elseif cost == 0 then kept[i] = false
  elseif cost > 1 or math.min(full, now + longest) > now then all = false
  else kept[i] = {wait(first, longest, strikes + 1), strikes + 1} end
end
for i = 1, all and #KEYS or 0 do
  if kept[i] then
    local full, strikes = kept[i][1], kept[i][2]
    local value, over = string.format('%.0f', full), full
    if strikes > 0 then value, over = value .. ' ' .. strikes, full + FORGIVEN end
    redis.call('SET', KEYS[i], value, 'PX', math.max(1, math.ceil((over - now) / 1000)))
  end
end
table.insert(found, 1, string.format('%.0f', now))
return found
