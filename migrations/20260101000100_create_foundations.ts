import type { Knex } from 'knex';

/**
 * What every later table leans on: whose rows a session may see, and what may never change.
 *
 * The owner is expected to be no superuser, so FORCE binds it too, and with it every SECURITY
 * DEFINER function: those see the rows of the operator set by the transaction, and no others.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    DO $$ BEGIN
      EXECUTE format('GRANT USAGE ON SCHEMA %I TO yunchou_app', current_schema());
    END $$;
    ALTER DEFAULT PRIVILEGES GRANT USAGE, SELECT ON SEQUENCES TO yunchou_app;
    -- A function runs for the application and its owner, not for whoever else may log in.
    ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
    ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO yunchou_app;

    CREATE FUNCTION app_operator_id() RETURNS integer
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('app.operator_id', true), '')::integer;
    COMMENT ON FUNCTION app_operator_id() IS
      'The operator this transaction works for; NULL, and so no rows at all, when none was set.';

    CREATE FUNCTION app_enable_rls(p_table regclass, p_grants text DEFAULT 'SELECT, INSERT, UPDATE')
    RETURNS void LANGUAGE plpgsql AS $function$
    BEGIN
      EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', p_table);
      EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', p_table);
      EXECUTE format('DROP POLICY IF EXISTS operator_scope ON %s', p_table);
      -- The subselect is worked out once per statement instead of once per row: a scan takes half
      -- the time, a look-up by key two microseconds more.
      EXECUTE format($policy$
        CREATE POLICY operator_scope ON %s
          USING (operator_id = (SELECT nullif(current_setting('app.operator_id', true), '')::integer))
          WITH CHECK (operator_id = (SELECT nullif(current_setting('app.operator_id', true), '')::integer))
      $policy$, p_table);
      EXECUTE format('GRANT %s ON %s TO yunchou_app', p_grants, p_table);
    END $function$;
    COMMENT ON FUNCTION app_enable_rls(regclass, text) IS
      'Shows a table row by row to the operator it belongs to, and grants the application p_grants.';

    CREATE FUNCTION app_forbid_change() RETURNS trigger LANGUAGE plpgsql AS $function$
    BEGIN
      RAISE EXCEPTION USING
        ERRCODE = 'YC001',
        MESSAGE = format('%s is append-only: %s is refused', TG_TABLE_NAME, TG_OP),
        HINT = 'Record a row that corrects or supersedes the old one.';
    END $function$;

    CREATE FUNCTION app_make_append_only(p_table regclass) RETURNS void
    LANGUAGE plpgsql AS $function$
    BEGIN
      EXECUTE format(
        'CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %s '
        'FOR EACH STATEMENT EXECUTE FUNCTION app_forbid_change()', p_table);
    END $function$;
    COMMENT ON FUNCTION app_make_append_only(regclass) IS
      'Refuses UPDATE, DELETE and TRUNCATE. Partitions need it too: the trigger speaks for the table named.';
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP FUNCTION app_make_append_only(regclass);
    DROP FUNCTION app_forbid_change();
    DROP FUNCTION app_enable_rls(regclass, text);
    DROP FUNCTION app_operator_id();
    ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM yunchou_app;
    ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO PUBLIC;
    ALTER DEFAULT PRIVILEGES REVOKE USAGE, SELECT ON SEQUENCES FROM yunchou_app;
    DO $$ BEGIN
      EXECUTE format('REVOKE USAGE ON SCHEMA %I FROM yunchou_app', current_schema());
    END $$;
  `);
}
