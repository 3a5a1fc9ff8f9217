-- The audit log: append-only, hash-chained, one chain per site and one per organisation, so that busy sites do not wait for each
-- other. fid_app may call append, head and read; it has no right on the tables, not even to read them. No foreign keys to business
-- tables: a cascade would run into the triggers and block deletes there.
create schema audit;

-- The newest event of each chain; its row lock makes writers queue, so that seq has neither gaps nor forks. (A sequence leaves gaps
-- on rollback, and a trigger that looks for the last row forks under load.)
create table audit.head (
  chain text primary key check (chain ~ '^(site|organisation):[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'),
  seq bigint not null,
  hash bytea not null
);

-- body is text, canonical JSON (RFC 8785): jsonb would rewrite what was hashed.
create table audit.event (
  chain text not null,
  seq bigint not null check (seq > 0),
  at timestamptz not null,
  actor text not null,
  action text not null,
  body text not null check (octet_length(body) <= 1048576),
  prev_hash bytea not null,
  hash bytea not null unique,
  primary key (chain, seq)
);

-- A text with its length in bytes before it (8 bytes, big-endian), so that fields cannot run together.
create function audit.field(t text) returns bytea
language sql immutable strict set search_path = pg_catalog, pg_temp as $$
  select int8send(octet_length(t)::bigint) || convert_to(t, 'UTF8')
$$;

create function audit.genesis(c text) returns bytea
language sql immutable strict set search_path = pg_catalog, pg_temp as $$
  select sha256(convert_to('fiducial.audit.genesis:' || c, 'UTF8'))
$$;

-- SHA-256("fiducial.audit.v1" 0x00, len chain, seq, at in microseconds since the epoch, len actor, len action, len body, prev_hash);
-- numbers are 8 bytes, big-endian.
create function audit.row_hash(c text, n bigint, t timestamptz, a text, x text, b text, prev bytea) returns bytea
language sql immutable strict set search_path = pg_catalog, audit, pg_temp as $$
  select sha256(
    convert_to('fiducial.audit.v1', 'UTF8') || '\x00'::bytea
    || audit.field(c) || int8send(n) || int8send((extract(epoch from t) * 1000000)::bigint)
    || audit.field(a) || audit.field(x) || audit.field(b) || prev)
$$;

-- Whether this transaction acts for the chain's site; the organisation's chain takes a transaction for all sites.
create function audit.in_scope(c text) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce(current_setting('fid.all', true) = 'on', false)
    or coalesce(c = any(select 'site:' || id from unnest(string_to_array(current_setting('fid.sites', true), ',')) as id), false)
$$;

-- Appends one event and answers its seq. A site's chain takes a transaction that acts for that site; to the organisation's chain
-- everybody may add (a sign-in happens before any site is known), few may read.
create function audit.append(c text, a text, x text, b text) returns bigint
language plpgsql security definer set search_path = pg_catalog, audit, pg_temp as $$
declare
  h audit.head;
  n bigint;
  t timestamptz;
  z bytea;
begin
  if c not like 'organisation:%' and not audit.in_scope(c) then
    raise exception 'The audit chain % is outside the scope of this transaction.', c using errcode = 'insufficient_privilege';
  end if;
  if json_typeof(b::json) <> 'object' then
    raise exception 'The body of an audit event is a JSON object.' using errcode = 'check_violation';
  end if;
  insert into audit.head values (c, 0, audit.genesis(c)) on conflict do nothing;
  -- One writer per chain until its transaction ends.
  select * into strict h from audit.head where chain = c for update;
  n := h.seq + 1;
  t := clock_timestamp();
  z := audit.row_hash(c, n, t, a, x, b, h.hash);
  insert into audit.event values (c, n, t, a, x, b, h.hash, z);
  update audit.head set seq = n, hash = z where chain = c;
  return n;
end
$$;

create function audit.head(c text) returns table (seq bigint, hash bytea)
language plpgsql stable security definer set search_path = pg_catalog, audit, pg_temp as $$
begin
  if not audit.in_scope(c) then
    raise exception 'The audit chain % is outside the scope of this transaction.', c using errcode = 'insufficient_privilege';
  end if;
  return query select h.seq, h.hash from audit.head h where h.chain = c
    union all select 0::bigint, audit.genesis(c) where not exists (select from audit.head h where h.chain = c);
end
$$;

-- At most 500 events, newest first, with seq below before_seq (null: from the newest).
create function audit.read(c text, before_seq bigint, max_rows integer)
returns table (seq bigint, at timestamptz, actor text, action text, body text)
language plpgsql stable security definer set search_path = pg_catalog, audit, pg_temp as $$
begin
  if not audit.in_scope(c) then
    raise exception 'The audit chain % is outside the scope of this transaction.', c using errcode = 'insufficient_privilege';
  end if;
  return query
    select e.seq, e.at, e.actor, e.action, e.body from audit.event e
    where e.chain = c and (before_seq is null or e.seq < before_seq)
    order by e.seq desc limit least(greatest(max_rows, 0), 500);
end
$$;

-- Walks a chain from its genesis. Answers how many events are good; problem is null if all are, else it names the first bad one.
-- Cutting the tail and mending the head, or recomputing everything after an edit, can only be seen against a head held elsewhere.
create function audit.verify(c text) returns table (good bigint, bad_seq bigint, problem text)
language plpgsql stable set search_path = pg_catalog, audit, pg_temp as $$
declare
  e audit.event;
  h audit.head;
  expected_prev bytea := audit.genesis(c);
  expected_seq bigint := 1;
begin
  for e in select * from audit.event ev where ev.chain = c order by ev.seq loop
    problem := case
      when e.seq <> expected_seq then 'gap'
      when e.prev_hash <> expected_prev then 'previous hash differs'
      when e.hash <> audit.row_hash(e.chain, e.seq, e.at, e.actor, e.action, e.body, e.prev_hash) then 'hash differs'
    end;
    if problem is not null then
      good := expected_seq - 1;
      bad_seq := expected_seq;
      return next;
      return;
    end if;
    expected_prev := e.hash;
    expected_seq := expected_seq + 1;
  end loop;
  good := expected_seq - 1;
  select * into h from audit.head hd where hd.chain = c;
  if coalesce(h.seq, 0) <> good or coalesce(h.hash, audit.genesis(c)) <> expected_prev then
    bad_seq := expected_seq;
    problem := 'head differs';
  end if;
  return next;
end
$$;

create function audit.deny() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  raise exception 'The audit log takes new events only: % on audit.% is refused.', tg_op, tg_table_name
    using errcode = 'insufficient_privilege';
end
$$;

create trigger no_change before update or delete on audit.event for each row execute function audit.deny();
create trigger no_truncate before truncate on audit.event for each statement execute function audit.deny();
create trigger no_delete before delete on audit.head for each row execute function audit.deny();
create trigger no_truncate before truncate on audit.head for each statement execute function audit.deny();
-- ALWAYS: they fire under session_replication_role = replica too.
alter table audit.event enable always trigger no_change;
alter table audit.event enable always trigger no_truncate;
alter table audit.head enable always trigger no_delete;
alter table audit.head enable always trigger no_truncate;

revoke all on all tables in schema audit from public;
revoke all on all functions in schema audit from public;
grant usage on schema audit to fid_app;
grant execute on function
  audit.append(text, text, text, text), audit.head(text), audit.read(text, bigint, integer) to fid_app;
