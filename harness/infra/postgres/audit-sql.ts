/** The audit trail: a schema of the harness's own, written by triggers in the subject's transactions. */
export const AUDIT_SCHEMA_SQL = `
CREATE SCHEMA gameday;
CREATE TABLE gameday.audit (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  table_name text NOT NULL,
  op text NOT NULL,
  xid text NOT NULL,
  application_name text NOT NULL,
  before jsonb,
  after jsonb
);
CREATE FUNCTION gameday.note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  INSERT INTO gameday.audit (table_name, op, xid, application_name, before, after)
  VALUES (TG_TABLE_NAME, lower(TG_OP), pg_current_xact_id()::text,
          current_setting('application_name'),
          CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE to_jsonb(OLD) END,
          CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE to_jsonb(NEW) END);
  RETURN NULL;
END $$;
CREATE FUNCTION gameday.note_truncate() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  EXECUTE format(
    'INSERT INTO gameday.audit (table_name, op, xid, application_name, before)
     SELECT %L, ''delete'', pg_current_xact_id()::text, current_setting(''application_name''), to_jsonb(t)
     FROM %I.%I AS t', TG_TABLE_NAME, TG_TABLE_SCHEMA, TG_TABLE_NAME);
  RETURN NULL;
END $$;
`;

/** Statements that put the audit triggers on a table. */
export function auditTriggerSql(table: string): string {
  return `CREATE TRIGGER gameday_audit AFTER INSERT OR UPDATE OR DELETE ON ${quoted(table)}
    FOR EACH ROW EXECUTE FUNCTION gameday.note();
    CREATE TRIGGER gameday_audit_truncate BEFORE TRUNCATE ON ${quoted(table)}
    FOR EACH STATEMENT EXECUTE FUNCTION gameday.note_truncate()`;
}

/** Committed changes in commit order (needs track_commit_timestamp=on). */
export const AUDIT_TRAIL_SQL = `
SELECT table_name, op, xid, application_name, before, after,
       dense_rank() OVER (ORDER BY pg_xact_commit_timestamp(xid::xid), xid::bigint)::int AS commit_order
FROM gameday.audit ORDER BY commit_order, id`;

export const UNAUDITED_SQL = `
SELECT name FROM unnest($1::text[]) AS name
WHERE NOT EXISTS (SELECT FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
                  WHERE c.relname = name AND t.tgname = 'gameday_audit')`;

/** A quoted SQL identifier. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
