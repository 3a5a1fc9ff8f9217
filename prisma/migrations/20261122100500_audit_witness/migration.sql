-- A scanner signs the newest audit head it was shown into its next report (witness). This answers what our chain holds at that
-- place, and no more of the event: a chain that was rewritten or cut disagrees with machines the attacker does not own (A-07).
-- Null: the chain has no such event.
create function audit.hash_at(c text, n bigint) returns bytea
language plpgsql stable security definer set search_path = pg_catalog, audit, pg_temp as $$
begin
  if not audit.in_scope(c) then
    raise exception 'The audit chain % is outside the scope of this transaction.', c using errcode = 'insufficient_privilege';
  end if;
  if n = 0 then
    return audit.genesis(c);
  end if;
  return (select e.hash from audit.event e where e.chain = c and e.seq = n);
end
$$;

revoke all on function audit.hash_at(text, bigint) from public;
grant execute on function audit.hash_at(text, bigint) to fid_app;
