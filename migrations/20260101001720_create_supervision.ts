import type { Knex } from 'knex';

/**
 * Supervisors: who they are, what they looked at, what they answered, and what warns them.
 *
 * They are users of the installation, under the number 0 where others have an operator. What they read,
 * they read as `yunchou_regulator`, which writes nothing and is granted of each table only the
 * columns that the views of reports show.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(USERS);
  await knex.raw(SUPERVISORS);
  await knex.raw(TRACES);
  await knex.raw(WARNINGS);
  await knex.raw(SUBJECTS);
  await knex.raw(RIGHTS);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP FUNCTION app_open_report_views();
    DROP VIEW supervision_subjects_view;
    DROP TABLE supervision_alerts, supervision_thresholds, supervision_unmaskings,
      supervision_answers, supervision_reads, supervision_supervisors, supervision_authorities;
    DO $$ BEGIN
      EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA %I FROM yunchou_regulator', current_schema());
      EXECUTE format('REVOKE USAGE ON SCHEMA %I FROM yunchou_regulator', current_schema());
    END $$;
    REVOKE EXECUTE ON FUNCTION app_scope_number() FROM yunchou_regulator;
    SELECT set_config('app.operator_id', '0', true);
    DELETE FROM identity_sessions WHERE operator_id = 0;
    DELETE FROM identity_users WHERE operator_id = 0;
    ALTER TABLE identity_users
      DROP CONSTRAINT identity_users_of_installation,
      DROP COLUMN home_operator_id,
      ADD CONSTRAINT identity_users_operator_id_fkey
        FOREIGN KEY (operator_id) REFERENCES identity_operators (id);
  `);
}

const USERS = `
  ALTER TABLE identity_users
    DROP CONSTRAINT identity_users_operator_id_fkey,
    ADD COLUMN home_operator_id INTEGER
      GENERATED ALWAYS AS (nullif(operator_id, 0)) STORED REFERENCES identity_operators (id),
    ADD CONSTRAINT identity_users_of_installation
      CHECK (operator_id <> 0 OR roles = ARRAY['regulator']);
`;

const SUPERVISORS = `
  CREATE TABLE supervision_authorities (
    id           TEXT COLLATE "C" PRIMARY KEY CHECK (id LIKE 'aut\\_%'),
    name         TEXT NOT NULL CONSTRAINT supervision_authorities_name UNIQUE,
    jurisdiction TEXT COLLATE "C" NOT NULL CHECK (jurisdiction ~ '^[A-Z]{2}$'),
    created_at   TIMESTAMPTZ NOT NULL,
    created_by   TEXT COLLATE "C" NOT NULL
  );

  -- What a user of an authority may see, and until when.
  CREATE TABLE supervision_supervisors (
    user_id       TEXT COLLATE "C" PRIMARY KEY CHECK (user_id LIKE 'usr\\_%'),
    authority_id  TEXT COLLATE "C" NOT NULL REFERENCES supervision_authorities (id),
    jurisdictions TEXT[] NOT NULL CHECK (cardinality(jurisdictions) > 0),
    lines         TEXT[] NOT NULL CHECK (cardinality(lines) > 0),
    -- These operators only; NULL for all of those jurisdictions and lines.
    operator_ids  INTEGER[] CHECK (cardinality(operator_ids) > 0),
    expires_at    TIMESTAMPTZ NOT NULL,
    ended_at      TIMESTAMPTZ,
    created_at    TIMESTAMPTZ NOT NULL,
    created_by    TEXT COLLATE "C" NOT NULL
  );
  CREATE INDEX supervision_supervisors_by_authority
    ON supervision_supervisors (authority_id, user_id);
`;

const TRACES = `
  -- Every look, and every attempt at one. Number 0: at no operator, or at none there is.
  CREATE TABLE supervision_reads (
    operator_id  INTEGER NOT NULL,
    read_no      BIGINT GENERATED ALWAYS AS IDENTITY,
    user_id      TEXT COLLATE "C" NOT NULL,
    authority_id TEXT COLLATE "C",
    what         TEXT COLLATE "C" NOT NULL,
    subject      TEXT COLLATE "C" NOT NULL,
    -- 'shown', or the code of the problem it was refused with.
    outcome      TEXT COLLATE "C" NOT NULL,
    read_at      TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (operator_id, read_no)
  );
  CREATE INDEX supervision_reads_by_user ON supervision_reads (user_id, read_no);

  -- What an authority did with a report: took a file of it, and said what it thinks of it.
  CREATE TABLE supervision_answers (
    operator_id  INTEGER NOT NULL,
    answer_no    BIGINT GENERATED ALWAYS AS IDENTITY,
    run_id       TEXT COLLATE "C" NOT NULL,
    authority_id TEXT COLLATE "C" NOT NULL,
    user_id      TEXT COLLATE "C" NOT NULL,
    kind         TEXT COLLATE "C" NOT NULL
                   CHECK (kind IN ('downloaded', 'acknowledged', 'queried', 'rejected')),
    file         TEXT COLLATE "C",
    sha256       TEXT COLLATE "C",
    reason       TEXT,
    due_on       DATE,
    answered_at  TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (operator_id, answer_no),
    FOREIGN KEY (operator_id, run_id) REFERENCES report_runs (operator_id, id),
    CHECK ((kind = 'downloaded') = (num_nulls(file, sha256) = 0)),
    CHECK ((kind IN ('queried', 'rejected')) = (num_nulls(reason, due_on) = 0))
  );
  CREATE INDEX supervision_answers_by_run ON supervision_answers (operator_id, run_id, answer_no);

  -- Whose personal data was opened to whom, why and for how long.
  CREATE TABLE supervision_unmaskings (
    operator_id  INTEGER NOT NULL,
    id           TEXT COLLATE "C" NOT NULL CHECK (id LIKE 'unm\\_%'),
    subject      TEXT COLLATE "C" NOT NULL,
    authority_id TEXT COLLATE "C" NOT NULL,
    user_id      TEXT COLLATE "C" NOT NULL,
    reason_code  TEXT COLLATE "C" NOT NULL,
    reason       TEXT NOT NULL,
    granted_at   TIMESTAMPTZ NOT NULL,
    expires_at   TIMESTAMPTZ NOT NULL
                   CHECK (expires_at > granted_at AND expires_at <= granted_at + INTERVAL '8 hours'),
    PRIMARY KEY (operator_id, id)
  );
  CREATE INDEX supervision_unmaskings_in_force
    ON supervision_unmaskings (operator_id, subject, user_id, expires_at);
`;

const WARNINGS = `
  -- The latest of an authority, an indicator and an operator (0: all it supervises) counts.
  CREATE TABLE supervision_thresholds (
    operator_id  INTEGER NOT NULL,
    threshold_no BIGINT GENERATED ALWAYS AS IDENTITY,
    authority_id TEXT COLLATE "C" NOT NULL,
    indicator    TEXT COLLATE "C" NOT NULL,
    -- NULL: no warning.
    amber        NUMERIC(36, 18),
    red          NUMERIC(36, 18),
    set_by       TEXT COLLATE "C" NOT NULL,
    set_at       TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (operator_id, threshold_no),
    CHECK (amber <= red)
  );
  CREATE INDEX supervision_thresholds_latest
    ON supervision_thresholds (operator_id, authority_id, indicator, threshold_no DESC);

  -- One row whenever the level changed; the latest is the level now.
  CREATE TABLE supervision_alerts (
    operator_id  INTEGER NOT NULL,
    alert_no     BIGINT GENERATED ALWAYS AS IDENTITY,
    authority_id TEXT COLLATE "C" NOT NULL,
    indicator    TEXT COLLATE "C" NOT NULL,
    level        TEXT COLLATE "C" NOT NULL CHECK (level IN ('green', 'amber', 'red')),
    value        TEXT,
    threshold    TEXT,
    run_id       TEXT COLLATE "C" NOT NULL,
    raised_at    TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (operator_id, alert_no),
    FOREIGN KEY (operator_id, run_id) REFERENCES report_runs (operator_id, id)
  );
  CREATE INDEX supervision_alerts_latest
    ON supervision_alerts (operator_id, authority_id, indicator, alert_no DESC);
`;

const SUBJECTS = `
  -- Investors and issuers without what is sealed. The name of a company is public.
  CREATE VIEW supervision_subjects_view WITH (security_invoker = true) AS
    SELECT i.operator_id, i.id, i.kind, i.country, i.status, i.verification, i.identity_kind,
           i.identity_masked, NULL::text AS name
    FROM investors i
    UNION ALL
    SELECT s.operator_id, s.id, s.kind, s.country, s.status, s.verification, s.identity_kind,
           s.identity_masked, CASE WHEN s.kind = 'legal' THEN s.legal_name END
    FROM issuers s;
`;

const RIGHTS = `
  DO $$ BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO yunchou_regulator', current_schema());
  END $$;
  GRANT EXECUTE ON FUNCTION app_scope_number() TO yunchou_regulator;
  GRANT SELECT, INSERT ON supervision_authorities TO yunchou_app;
  GRANT SELECT, INSERT, UPDATE ON supervision_supervisors TO yunchou_app;

  DO $$ DECLARE name TEXT; BEGIN
    FOREACH name IN ARRAY ARRAY['reads', 'answers', 'unmaskings', 'thresholds', 'alerts'] LOOP
      name := 'supervision_' || name;
      PERFORM app_enable_rls(name::regclass, 'SELECT, INSERT');
      PERFORM app_make_append_only(name::regclass);
      -- Supervisors work for no operator: there, what they left with every one is seen together.
      EXECUTE format('CREATE POLICY of_installation ON %I FOR SELECT
                      USING ((SELECT app_scope_number()) = 0)', name);
    END LOOP;
  END $$;
  -- What is set for all is looked up when a report of one is examined.
  CREATE POLICY for_all ON supervision_thresholds FOR SELECT USING (operator_id = 0);

  GRANT SELECT ON supervision_subjects_view TO yunchou_app;
  GRANT SELECT ON supervision_authorities, supervision_supervisors, supervision_reads,
    supervision_answers, supervision_unmaskings, supervision_thresholds, supervision_alerts,
    report_runs, report_contents, report_files, report_events TO yunchou_regulator;

  CREATE FUNCTION app_open_report_views() RETURNS void LANGUAGE plpgsql AS $$
  DECLARE
    opened RECORD;
  BEGIN
    FOR opened IN
      SELECT v.oid::regclass AS name FROM pg_class v
      WHERE v.relkind = 'v' AND v.relnamespace = current_schema()::regnamespace
        AND (v.relname LIKE 'report\\_%\\_view' OR v.relname = 'supervision_subjects_view')
    LOOP
      EXECUTE format('GRANT SELECT ON %s TO yunchou_regulator', opened.name);
    END LOOP;
    FOR opened IN
      SELECT d.refobjid::regclass AS name,
             string_agg(DISTINCT quote_ident(a.attname), ', ') AS columns
      FROM pg_class v
      JOIN pg_rewrite r ON r.ev_class = v.oid
      JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
        AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> v.oid AND d.refobjsubid > 0
      JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
      WHERE v.relkind = 'v' AND v.relnamespace = current_schema()::regnamespace
        AND (v.relname LIKE 'report\\_%\\_view' OR v.relname = 'supervision_subjects_view')
      GROUP BY d.refobjid
    LOOP
      EXECUTE format('GRANT SELECT (%s) ON %s TO yunchou_regulator', opened.columns, opened.name);
    END LOOP;
  END $$;
  COMMENT ON FUNCTION app_open_report_views() IS
    'Lets supervisors read every report_..._view, and of the tables below the columns it shows.';
  SELECT app_open_report_views();
`;
