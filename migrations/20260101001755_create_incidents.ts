import type { Knex } from 'knex';

/** Security incidents, who must be told of them, and who was. What happened is sealed. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(INCIDENTS);
  await knex.raw(NOTICES);
  await knex.raw(RIGHTS);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP VIEW report_incident_duties_view, report_incident_steps_view, report_incidents_view;
    DROP TABLE incident_notifications, incident_duties, incident_steps, incidents;
  `);
}

const INCIDENTS = `
  CREATE TABLE incidents (
    operator_id           INTEGER NOT NULL,
    id                    TEXT COLLATE "C" NOT NULL CHECK (id LIKE 'inc\\_%'),
    kind                  TEXT COLLATE "C" NOT NULL,
    description_encrypted TEXT NOT NULL,
    severity              TEXT COLLATE "C" NOT NULL CHECK (
                            severity IN ('minor', 'major', 'critical')),
    affected_users        INTEGER NOT NULL CHECK (affected_users >= 0),
    data_affected         TEXT[] NOT NULL,
    status                TEXT COLLATE "C" NOT NULL CHECK (
                            status IN ('open', 'contained', 'resolved')),
    noticed_at            TIMESTAMPTZ NOT NULL,
    classified_at         TIMESTAMPTZ NOT NULL,
    recorded_by           TEXT COLLATE "C" NOT NULL,
    recorded_at           TIMESTAMPTZ NOT NULL CHECK (recorded_at >= noticed_at),
    PRIMARY KEY (operator_id, id)
  );

  CREATE TABLE incident_steps (
    operator_id    INTEGER NOT NULL,
    incident_id    TEXT COLLATE "C" NOT NULL,
    no             INTEGER NOT NULL CHECK (no > 0),
    status         TEXT COLLATE "C" NOT NULL,
    severity       TEXT COLLATE "C" NOT NULL,
    affected_users INTEGER NOT NULL,
    note           TEXT,
    by             TEXT COLLATE "C" NOT NULL,
    at             TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (operator_id, incident_id, no),
    FOREIGN KEY (operator_id, incident_id) REFERENCES incidents (operator_id, id)
  );
`;

const NOTICES = `
  CREATE TABLE incident_duties (
    operator_id    INTEGER NOT NULL,
    incident_id    TEXT COLLATE "C" NOT NULL,
    duty           TEXT COLLATE "C" NOT NULL,
    recipient      JSONB NOT NULL,
    due_at         TIMESTAMPTZ NOT NULL,
    citation       TEXT NOT NULL,
    done_at        TIMESTAMPTZ,
    missed_at      TIMESTAMPTZ,
    waived_at      TIMESTAMPTZ,
    waived_because TEXT,
    PRIMARY KEY (operator_id, incident_id, duty),
    FOREIGN KEY (operator_id, incident_id) REFERENCES incidents (operator_id, id),
    CHECK ((waived_at IS NULL) = (waived_because IS NULL)),
    CHECK (num_nonnulls(done_at, waived_at) <= 1)
  );
  CREATE INDEX incident_duties_waiting ON incident_duties (operator_id, due_at)
    WHERE done_at IS NULL AND missed_at IS NULL AND waived_at IS NULL;

  CREATE TABLE incident_notifications (
    operator_id INTEGER NOT NULL,
    incident_id TEXT COLLATE "C" NOT NULL,
    no          INTEGER NOT NULL CHECK (no > 0),
    -- NULL where nobody had to be told, and was.
    duty        TEXT COLLATE "C",
    recipient   TEXT NOT NULL,
    reference   TEXT NOT NULL,
    sent_at     TIMESTAMPTZ NOT NULL,
    recorded_by TEXT COLLATE "C" NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL CHECK (recorded_at >= sent_at),
    PRIMARY KEY (operator_id, incident_id, no),
    FOREIGN KEY (operator_id, incident_id) REFERENCES incidents (operator_id, id),
    FOREIGN KEY (operator_id, incident_id, duty)
      REFERENCES incident_duties (operator_id, incident_id, duty)
  );
`;

const RIGHTS = `
  -- How severe it was held to be at a moment, its steps tell.
  CREATE VIEW report_incidents_view WITH (security_invoker = true) AS
    SELECT i.operator_id, i.id AS incident_id, i.kind, i.noticed_at, i.recorded_at
    FROM incidents i;
  CREATE VIEW report_incident_steps_view WITH (security_invoker = true) AS
    SELECT s.operator_id, s.incident_id, s.no, s.status, s.severity, s.affected_users,
           s.at AS happened_at
    FROM incident_steps s;
  CREATE VIEW report_incident_duties_view WITH (security_invoker = true) AS
    SELECT d.operator_id, d.incident_id, d.duty, d.due_at, d.missed_at
    FROM incident_duties d;

  SELECT app_enable_rls('incidents', 'SELECT, INSERT, UPDATE');
  SELECT app_enable_rls('incident_steps', 'SELECT, INSERT');
  SELECT app_enable_rls('incident_duties', 'SELECT, INSERT, UPDATE');
  SELECT app_enable_rls('incident_notifications', 'SELECT, INSERT');
  SELECT app_make_append_only('incident_steps');
  SELECT app_make_append_only('incident_notifications');
  GRANT SELECT ON report_incidents_view, report_incident_steps_view, report_incident_duties_view
    TO yunchou_app;
`;
