"""What happens at once in Redis or Valkey? One Lua script for each transaction on one conversation; no other language of ours.

A script touches the keys of one conversation only (they share a hash tag), so it runs on one node of a cluster. KEYS 1 to 8 are always:

    talk      hash: version, birth, question, state, channel, workspace, asker, updated, seq (counts events and effects)
    inbox     hash: event id -> {seq, order, received, kind, person, message, parked}      inbox:body   event id -> JSON
    outbox    hash: effect id -> {seq, in_order, key, state, ready, owner, fence, attempts, of, message, reason}   outbox:body   id -> JSON
    wakes     hash: wake id -> {at, ready, owner}
    own       set: claims of our own events             traces   set: indexes of persons, messages, workspaces that name this conversation

KEYS 9 and on are claims (strings that expire). Moments are seconds since 1970, given by the caller.
"""

from __future__ import annotations

from bot.store.port import LONGEST_LEASE_SECONDS, LONGEST_RETRY_SECONDS

PARTS = ("talk", "inbox", "inbox:body", "outbox", "outbox:body", "wakes", "own", "traces")

_PRELUDE = """
local LONGEST_LEASE, LONGEST_RETRY = @LEASE@, @RETRY@
local TALK, INBOX, INBOX_BODY, OUTBOX, OUTBOX_BODY, WAKES, OWN, TRACES = unpack(KEYS, 1, 8)
local function items(key)
  local flat, all = redis.call('HGETALL', key), {}
  for i = 1, #flat, 2 do local one = cjson.decode(flat[i + 1]); one.id = flat[i]; all[#all + 1] = one end
  table.sort(all, function(a, b) return (a.seq or 0) < (b.seq or 0) end)
  return all
end
local function put(key, one)
  local id = one.id
  one.id = nil
  redis.call('HSET', key, id, cjson.encode(one))
  one.id = id
end
local function owed()
  local all = {}
  for _, one in ipairs(items(OUTBOX)) do if one.state == 0 then all[#all + 1] = one end end
  return all
end
local function held(id, fence)
  local found = redis.call('HGET', OUTBOX, id)
  if not found then return nil end
  local one = cjson.decode(found)
  one.id = id
  if one.state ~= 0 or one.fence ~= tonumber(fence) then return nil end
  return one
end
-- JSON keeps 14 digits of a number: a moment is cut to the millisecond, so that it is never due later than it says.
local function moment(text) return math.floor(tonumber(text) * 1000) / 1000 end
-- When it is due: at once where its moment is later than anybody would have wished, for a clock was set back since.
local function due(one, now)
  if one.ready > now + (one.owner == '' and LONGEST_RETRY or LONGEST_LEASE) then return now end
  return one.ready
end
local function wake_due(one, now)
  if one.owner ~= '' and one.ready > now + LONGEST_LEASE then return math.max(now, moment(one.at)) end
  return one.ready
end
-- When the oldest waiting event came, when the first effect and the first wake are due ('' for none), how many effects are owed.
local function summary(now)
  local arrival, effects, wakes, all, first = nil, nil, nil, owed(), true
  local function earlier(one, other) if not one or other < one then return other end return one end
  local function told(moment) return moment and string.format('%.6f', moment) or '' end
  for _, one in ipairs(items(INBOX)) do
    if not one.parked then arrival = earlier(arrival, one.received > now + LONGEST_LEASE and 0 or one.received) end
  end
  for _, one in ipairs(all) do
    if first or not one.in_order then effects = earlier(effects, due(one, now)) end
    if one.in_order then first = false end
  end
  for _, one in ipairs(items(WAKES)) do wakes = earlier(wakes, wake_due(one, now)) end
  return {told(arrival), told(effects), told(wakes), #all}
end
local function next_seq() return redis.call('HINCRBY', TALK, 'seq', 1) end
local function posted(id)
  local found = id and redis.call('HGET', OUTBOX, id)
  return found and cjson.decode(found).message or ''
end
"""

# ARGV: event id, order, received, kind, person, message, body, claim's life in seconds, traces…   -> 1, or 0 for a duplicate
RECEIVE = """
for i = 9, #KEYS do if redis.call('EXISTS', KEYS[i]) == 1 then return 0 end end
local order = ARGV[2]
for i = 9, #KEYS do
  redis.call('SET', KEYS[i], '1', 'EX', ARGV[8])
  if order == '' then redis.call('SADD', OWN, KEYS[i]) end
end
if order == '' then
  for _, one in ipairs(items(INBOX)) do if not one.parked and one.order > order then order = one.order end end
end
put(INBOX, {id = ARGV[1], seq = next_seq(), order = order, received = tonumber(ARGV[3]), kind = ARGV[4], person = ARGV[5],
  message = ARGV[6]})
redis.call('HSET', INBOX_BODY, ARGV[1], ARGV[7])
for i = 9, #ARGV do redis.call('SADD', TRACES, ARGV[i]) end
return 1
"""

# -> version, question, birth, state, then the bodies of the waiting events in order
LOAD = """
local head = redis.call('HMGET', TALK, 'version', 'question', 'birth', 'state')
local answer = {head[1] or '0', head[2] or '', head[3] or '', head[4] or ''}
local waiting = {}
for _, one in ipairs(items(INBOX)) do if not one.parked then waiting[#waiting + 1] = one end end
table.sort(waiting, function(a, b) if a.order ~= b.order then return a.order < b.order end return a.seq < b.seq end)
for _, one in ipairs(waiting) do answer[#answer + 1] = redis.call('HGET', INBOX_BODY, one.id) end
return answer
"""

# ARGV: one JSON text (`RedisStore.commit` makes it), state, bodies…
# -> {'lost'} | {'birth', the right one} | {'twice', an effect id}
#    | {'', then for each effect 'held' or 'free' and where the post that it edits stands}
COMMIT = """
local c = cjson.decode(ARGV[1])
local version, birth = tonumber(redis.call('HGET', TALK, 'version') or '0'), redis.call('HGET', TALK, 'birth')
if version ~= c.read then return {'lost'} end
if birth and birth ~= c.birth then return {'birth', birth} end
local new = {}
for _, one in ipairs(c.effects) do
  if new[one.id] or redis.call('HEXISTS', OUTBOX, one.id) == 1 then return {'twice', one.id} end
  new[one.id] = true
end
redis.call('HSET', TALK, 'version', version + 1, 'birth', c.birth, 'state', ARGV[2], 'channel', c.channel, 'workspace', c.workspace,
  'asker', c.asker, 'updated', string.format('%.6f', c.now))
if c.question ~= '' then redis.call('HSET', TALK, 'question', c.question) end
for _, id in ipairs(c.handled) do redis.call('HDEL', INBOX, id); redis.call('HDEL', INBOX_BODY, id) end
for id, why in pairs(c.parked) do
  local found = redis.call('HGET', INBOX, id)
  if found then local one = cjson.decode(found); one.id = id; one.parked = why; put(INBOX, one) end
end
for id, at in pairs(c.wakes) do put(WAKES, {id = id, at = at, ready = moment(at), owner = ''}) end
local blocked = false
for _, one in ipairs(owed()) do
  local ours = one.owner == c.owner and one.ready > c.now and (c.in_hand == cjson.null or c.in_hand[one.id])
  if one.in_order and not ours then blocked = true end
end
local answer = {''}
for i, one in ipairs(c.effects) do
  local ours = c.lease > 0 and not (one.in_order and blocked)
  put(OUTBOX, {id = one.id, seq = next_seq(), in_order = one.in_order, key = one.key, state = 0, ready = ours and c.lease or c.now,
    owner = ours and c.owner or '', fence = ours and 1 or 0, attempts = ours and 1 or 0, of = one.of})
  redis.call('HSET', OUTBOX_BODY, one.id, ARGV[i + 2])
  answer[#answer + 1] = ours and 'held' or 'free'
  answer[#answer + 1] = posted(one.of)
end
return answer
"""

# ARGV: owner, until, now, limit
# -> state, what there is to do from now on (as SUMMARY), and for each claimed effect its body, key, fence, attempts, place of the post
#    that it edits
CLAIM = """
local now, claimed, first = tonumber(ARGV[3]), {}, true
for _, one in ipairs(owed()) do
  local may = due(one, now) <= now and #claimed < 5 * tonumber(ARGV[4])
  if one.in_order then may = may and first; first = false end
  if may then
    one.owner, one.ready, one.fence, one.attempts = ARGV[1], tonumber(ARGV[2]), one.fence + 1, one.attempts + 1
    put(OUTBOX, one)
    for _, value in ipairs({redis.call('HGET', OUTBOX_BODY, one.id), one.key, one.fence, one.attempts, posted(one.of)}) do
      claimed[#claimed + 1] = value
    end
  end
end
return {redis.call('HGET', TALK, 'state') or '', summary(now), claimed}
"""

# ARGV: effect id, fence, owner, until   -> 1 or 0
RENEW = """
local one = held(ARGV[1], ARGV[2])
if not one or one.owner ~= ARGV[3] then return 0 end
one.ready = tonumber(ARGV[4])
put(OUTBOX, one)
return 1
"""

# ARGV: effect id, fence, message, 'post' or '', the id it edits or ''   -> 'lost', 'done' or 'more'
DONE = """
local function more()
  for _, other in ipairs(owed()) do if other.in_order and other.owner == '' then return 'more' end end
  return 'done'
end
local found = redis.call('HGET', OUTBOX, ARGV[1])
local before = found and cjson.decode(found)
if before and before.state == 1 and before.fence == tonumber(ARGV[2]) then return more() end -- the answer to that was lost
local one = held(ARGV[1], ARGV[2])
if not one then return 'lost' end
redis.call('HDEL', OUTBOX_BODY, one.id)
if ARGV[4] == 'post' then
  put(OUTBOX, {id = one.id, seq = one.seq, state = 1, key = one.key, fence = one.fence, message = ARGV[3] ~= '' and ARGV[3] or nil})
else
  redis.call('HDEL', OUTBOX, one.id)
end
local edited = ARGV[5] ~= '' and ARGV[3] ~= '' and redis.call('HGET', OUTBOX, ARGV[5])
if edited then
  local post = cjson.decode(edited)
  if post.state ~= 0 then post.id, post.state, post.message = ARGV[5], 1, ARGV[3]; put(OUTBOX, post) end
end
return one.in_order and more() or 'done'
"""

# ARGV: effect id, fence, reason, retry at or ''   -> 1 or 0
FAILED = """
local one = held(ARGV[1], ARGV[2])
if not one then return 0 end
if one.owner == '' then return 1 end -- given back already: the answer to that was lost
if ARGV[4] == '' then
  redis.call('HDEL', OUTBOX_BODY, one.id)
  put(OUTBOX, {id = one.id, seq = one.seq, state = 2, key = one.key, reason = ARGV[3]})
  return 1
end
local owner = one.owner
one.owner, one.ready, one.reason = '', tonumber(ARGV[4]), ARGV[3]
put(OUTBOX, one)
if one.in_order then
  for _, other in ipairs(owed()) do
    if other.in_order and other.owner == owner and other.id ~= one.id then
      other.owner, other.ready, other.attempts, other.fence = '', one.ready, other.attempts - 1, other.fence + 1
      put(OUTBOX, other)
    end
  end
end
return 1
"""

# ARGV: owner, now   -> how many
RELEASE = """
local released = 0
for _, one in ipairs(owed()) do
  if one.owner == ARGV[1] then one.owner, one.ready = '', tonumber(ARGV[2]); put(OUTBOX, one); released = released + 1 end
end
for _, one in ipairs(items(WAKES)) do
  if one.owner == ARGV[1] then one.owner, one.ready = '', moment(one.at); put(WAKES, one); released = released + 1 end
end
return released
"""

# ARGV: owner, until, now   -> for each claimed wake its id and time
CLAIM_WAKES = """
local answer = {}
for _, one in ipairs(items(WAKES)) do
  if wake_due(one, tonumber(ARGV[3])) <= tonumber(ARGV[3]) then
    answer[#answer + 1] = one.id
    answer[#answer + 1] = one.at
    one.owner, one.ready = ARGV[1], moment(ARGV[2])
    put(WAKES, one)
  end
end
return answer
"""

# ARGV: wake id, its time
WAKE_DONE = """
local found = redis.call('HGET', WAKES, ARGV[1])
if found and cjson.decode(found).at == ARGV[2] then redis.call('HDEL', WAKES, ARGV[1]) end
return 1
"""

# ARGV: now   -> as `summary` says
SUMMARY = "return summary(tonumber(ARGV[1]))"

# ARGV: version that was read, new state   -> 1, or 0 where somebody was first
CHANGE = """
if redis.call('HGET', TALK, 'version') ~= ARGV[1] then return 0 end
redis.call('HSET', TALK, 'version', tonumber(ARGV[1]) + 1, 'state', ARGV[2])
return 1
"""

# ARGV: event id   -> the indexes that named the conversation and '', where nothing is left of it; else nothing
DISCARD = """
redis.call('HDEL', INBOX, ARGV[1])
redis.call('HDEL', INBOX_BODY, ARGV[1])
if redis.call('HEXISTS', TALK, 'state') == 1 or redis.call('HLEN', INBOX) > 0 then return {} end
local traces = redis.call('SMEMBERS', TRACES)
redis.call('DEL', unpack(KEYS, 1, 8))
traces[#traces + 1] = ''
return traces
"""

# ARGV: 'message' or 'person', its id   -> how many events are left
DROP_EVENTS = """
local left = 0
for _, one in ipairs(items(INBOX)) do
  if one[ARGV[1]] == ARGV[2] and not (ARGV[1] == 'message' and one.kind == 'MessageDeleted') then
    redis.call('HDEL', INBOX, one.id)
    redis.call('HDEL', INBOX_BODY, one.id)
  else
    left = left + 1
  end
end
return left
"""

# ARGV: only if nothing came or was done since this moment, '' for always   -> the indexes that named it and ''; nothing where something was
DELETE = """
if ARGV[1] ~= '' then
  if tonumber(redis.call('HGET', TALK, 'updated') or '0') >= tonumber(ARGV[1]) then return {} end
  for _, one in ipairs(items(INBOX)) do if not one.parked and one.received >= tonumber(ARGV[1]) then return {} end end
end
local traces = redis.call('SMEMBERS', TRACES)
for _, claim in ipairs(redis.call('SMEMBERS', OWN)) do redis.call('DEL', claim) end
redis.call('DEL', unpack(KEYS, 1, 8))
traces[#traces + 1] = ''
return traces
"""

_COMMON = _PRELUDE.replace("@LEASE@", repr(LONGEST_LEASE_SECONDS)).replace("@RETRY@", repr(LONGEST_RETRY_SECONDS))
SCRIPTS = {
    name: _COMMON + text
    for name, text in {
        "receive": RECEIVE,
        "load": LOAD,
        "commit": COMMIT,
        "claim": CLAIM,
        "renew": RENEW,
        "done": DONE,
        "failed": FAILED,
        "release": RELEASE,
        "claim_wakes": CLAIM_WAKES,
        "wake_done": WAKE_DONE,
        "summary": SUMMARY,
        "discard": DISCARD,
        "change": CHANGE,
        "drop_events": DROP_EVENTS,
        "delete": DELETE,
    }.items()
}

# KEYS: an index; ARGV: for each member its name, the score that was read, the right one or '' for none. On an index, not on a conversation.
CORRECT = """
for i = 1, #ARGV, 3 do
  local score = redis.call('ZSCORE', KEYS[1], ARGV[i])
  if score and tonumber(score) == tonumber(ARGV[i + 1]) then
    if ARGV[i + 2] == '' then redis.call('ZREM', KEYS[1], ARGV[i]) else redis.call('ZADD', KEYS[1], ARGV[i + 2], ARGV[i]) end
  end
end
return 1
"""
