import type { Knex } from 'knex';

/**
 * Complaints and the disputes that become of them. What somebody wrote is sealed: it tells of people
 * and their money. What happened is a row that is never changed; what stands now is kept beside it.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(COMPLAINTS);
  await knex.raw(COURSE);
  await knex.raw(MONEY);
  await knex.raw(RIGHTS);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP VIEW report_complaint_steps_view, report_complaints_view;
    DROP TABLE dispute_holds, dispute_outcomes, dispute_documents, dispute_messages, dispute_steps,
      dispute_deadlines, dispute_complaints;
  `);
}

const COMPLAINTS = `
  CREATE TABLE dispute_complaints (
    operator_id      INTEGER NOT NULL,
    id               TEXT COLLATE "C" NOT NULL CHECK (id LIKE 'cpl\\_%'),
    complainant_kind TEXT COLLATE "C" NOT NULL CHECK (complainant_kind IN ('investor', 'issuer')),
    complainant_id   TEXT COLLATE "C" NOT NULL,
    -- NULL where it is against the operator itself.
    respondent_kind  TEXT COLLATE "C" CHECK (respondent_kind IN ('investor', 'issuer')),
    respondent_id    TEXT COLLATE "C",
    subject_kind     TEXT COLLATE "C" NOT NULL CHECK (subject_kind IN
                       ('offering', 'subscription', 'loan', 'deposit', 'withdrawal', 'other')),
    subject_id       TEXT COLLATE "C",
    topic            TEXT COLLATE "C" NOT NULL,
    text_encrypted   TEXT NOT NULL,
    channel          TEXT COLLATE "C" NOT NULL CHECK (channel IN
                       ('online', 'walk-in', 'regulator', 'mediation', 'arbitration',
                        'litigation')),
    status           TEXT COLLATE "C" NOT NULL CHECK (status IN
                       ('received', 'acknowledged', 'answered', 'escalated', 'upheld',
                        'partly-upheld', 'rejected', 'settled', 'withdrawn')),
    filed_by         TEXT COLLATE "C" NOT NULL,
    filed_at         TIMESTAMPTZ NOT NULL,
    ended_at         TIMESTAMPTZ,
    PRIMARY KEY (operator_id, id),
    CHECK ((subject_kind = 'other') = (subject_id IS NULL)),
    CHECK ((respondent_kind IS NULL) = (respondent_id IS NULL)),
    CHECK (respondent_id <> complainant_id),
    CHECK ((status IN ('received', 'acknowledged', 'answered', 'escalated')) = (ended_at IS NULL))
  );
  CREATE INDEX dispute_complaints_by_complainant
    ON dispute_complaints (operator_id, complainant_id, id);
  CREATE INDEX dispute_complaints_by_respondent
    ON dispute_complaints (operator_id, respondent_id, id) WHERE respondent_id IS NOT NULL;
  CREATE INDEX dispute_complaints_open ON dispute_complaints (operator_id, id)
    WHERE ended_at IS NULL;
`;

const COURSE = `
  CREATE TABLE dispute_deadlines (
    operator_id  INTEGER NOT NULL,
    complaint_id TEXT COLLATE "C" NOT NULL,
    duty         TEXT COLLATE "C" NOT NULL CHECK (duty IN ('acknowledge', 'answer')),
    channel      TEXT COLLATE "C" NOT NULL,
    due_at       TIMESTAMPTZ NOT NULL,
    citation     TEXT NOT NULL,
    done_at      TIMESTAMPTZ,
    missed_at    TIMESTAMPTZ,
    PRIMARY KEY (operator_id, complaint_id, duty, channel),
    FOREIGN KEY (operator_id, complaint_id) REFERENCES dispute_complaints (operator_id, id)
  );
  CREATE INDEX dispute_deadlines_waiting ON dispute_deadlines (operator_id, due_at)
    WHERE done_at IS NULL AND missed_at IS NULL;

  CREATE TABLE dispute_steps (
    operator_id  INTEGER NOT NULL,
    complaint_id TEXT COLLATE "C" NOT NULL,
    no           INTEGER NOT NULL CHECK (no > 0),
    status       TEXT COLLATE "C" NOT NULL,
    channel      TEXT COLLATE "C" NOT NULL,
    -- Why it went elsewhere, or the file number there.
    note         TEXT,
    by           TEXT COLLATE "C" NOT NULL,
    at           TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (operator_id, complaint_id, no),
    FOREIGN KEY (operator_id, complaint_id) REFERENCES dispute_complaints (operator_id, id)
  );

  CREATE TABLE dispute_messages (
    operator_id    INTEGER NOT NULL,
    complaint_id   TEXT COLLATE "C" NOT NULL,
    no             INTEGER NOT NULL CHECK (no > 0),
    side           TEXT COLLATE "C" NOT NULL CHECK (
                     side IN ('complainant', 'respondent', 'operator')),
    kind           TEXT COLLATE "C" NOT NULL CHECK (kind IN ('message', 'answer')),
    text_encrypted TEXT NOT NULL,
    by             TEXT COLLATE "C" NOT NULL,
    at             TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (operator_id, complaint_id, no),
    FOREIGN KEY (operator_id, complaint_id) REFERENCES dispute_complaints (operator_id, id)
  );

  CREATE TABLE dispute_documents (
    operator_id       INTEGER NOT NULL,
    id                TEXT COLLATE "C" NOT NULL CHECK (id LIKE 'doc\\_%'),
    complaint_id      TEXT COLLATE "C" NOT NULL,
    side              TEXT COLLATE "C" NOT NULL CHECK (
                        side IN ('complainant', 'respondent', 'operator')),
    title             TEXT NOT NULL,
    content_type      TEXT NOT NULL,
    sha256            TEXT COLLATE "C" NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    size_bytes        INTEGER NOT NULL CHECK (size_bytes > 0),
    content_encrypted TEXT NOT NULL,
    uploaded_by       TEXT COLLATE "C" NOT NULL,
    uploaded_at       TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (operator_id, id),
    FOREIGN KEY (operator_id, complaint_id) REFERENCES dispute_complaints (operator_id, id)
  );
  CREATE INDEX dispute_documents_by_complaint
    ON dispute_documents (operator_id, complaint_id, id);
`;

const MONEY = `
  -- Proposed by one, decided on by another.
  CREATE TABLE dispute_outcomes (
    operator_id       INTEGER NOT NULL,
    complaint_id      TEXT COLLATE "C" NOT NULL,
    no                INTEGER NOT NULL CHECK (no > 0),
    outcome           TEXT COLLATE "C" NOT NULL CHECK (outcome IN
                        ('upheld', 'partly-upheld', 'rejected', 'settled')),
    grounds_encrypted TEXT NOT NULL,
    -- What the other side gets of the money that is held.
    currency          TEXT COLLATE "C",
    award_minor       BIGINT CHECK (award_minor > 0),
    proposed_by       TEXT COLLATE "C" NOT NULL,
    proposed_at       TIMESTAMPTZ NOT NULL,
    verdict           TEXT COLLATE "C" CHECK (verdict IN ('confirmed', 'refused')),
    decided_by        TEXT COLLATE "C",
    decided_at        TIMESTAMPTZ,
    PRIMARY KEY (operator_id, complaint_id, no),
    FOREIGN KEY (operator_id, complaint_id) REFERENCES dispute_complaints (operator_id, id),
    CHECK ((currency IS NULL) = (award_minor IS NULL)),
    CHECK (num_nulls(verdict, decided_by, decided_at) IN (0, 3)),
    CHECK (decided_by <> proposed_by)
  );
  CREATE UNIQUE INDEX dispute_outcomes_one_open ON dispute_outcomes (operator_id, complaint_id)
    WHERE verdict IS NULL;
  CREATE UNIQUE INDEX dispute_outcomes_confirmed_once
    ON dispute_outcomes (operator_id, complaint_id) WHERE verdict = 'confirmed';

  CREATE TABLE dispute_holds (
    operator_id    INTEGER NOT NULL,
    complaint_id   TEXT COLLATE "C" NOT NULL,
    no             INTEGER NOT NULL CHECK (no > 0),
    side           TEXT COLLATE "C" NOT NULL CHECK (side IN ('complainant', 'respondent')),
    hold_no        BIGINT NOT NULL,
    account_no     BIGINT NOT NULL,
    currency       TEXT COLLATE "C" NOT NULL,
    amount_minor   BIGINT NOT NULL CHECK (amount_minor > 0),
    status         TEXT COLLATE "C" NOT NULL CHECK (status IN ('placed', 'released', 'captured')),
    captured_minor BIGINT CHECK (captured_minor BETWEEN 1 AND amount_minor),
    entry_no       BIGINT,
    placed_by      TEXT COLLATE "C" NOT NULL,
    placed_at      TIMESTAMPTZ NOT NULL,
    ended_at       TIMESTAMPTZ,
    PRIMARY KEY (operator_id, complaint_id, no),
    FOREIGN KEY (operator_id, complaint_id) REFERENCES dispute_complaints (operator_id, id),
    CHECK ((status = 'placed') = (ended_at IS NULL)),
    CHECK ((status = 'captured') = (captured_minor IS NOT NULL)),
    CHECK ((status = 'captured') = (entry_no IS NOT NULL))
  );
  CREATE UNIQUE INDEX dispute_holds_one_placed ON dispute_holds (operator_id, complaint_id)
    WHERE status = 'placed';
`;

const RIGHTS = `
  -- A complaint does not change what it is about; where it stood at a moment, its steps tell.
  CREATE VIEW report_complaints_view WITH (security_invoker = true) AS
    SELECT c.operator_id, c.id AS complaint_id, c.complainant_kind, c.subject_kind, c.topic,
           c.filed_at
    FROM dispute_complaints c;
  CREATE VIEW report_complaint_steps_view WITH (security_invoker = true) AS
    SELECT s.operator_id, s.complaint_id, s.no, s.status, s.channel, s.at AS happened_at
    FROM dispute_steps s;

  SELECT app_enable_rls('dispute_complaints', 'SELECT, INSERT, UPDATE');
  SELECT app_enable_rls('dispute_deadlines', 'SELECT, INSERT, UPDATE');
  SELECT app_enable_rls('dispute_steps', 'SELECT, INSERT');
  SELECT app_enable_rls('dispute_messages', 'SELECT, INSERT');
  SELECT app_enable_rls('dispute_documents', 'SELECT, INSERT');
  SELECT app_enable_rls('dispute_outcomes', 'SELECT, INSERT, UPDATE');
  SELECT app_enable_rls('dispute_holds', 'SELECT, INSERT, UPDATE');
  SELECT app_make_append_only('dispute_steps');
  SELECT app_make_append_only('dispute_messages');
  SELECT app_make_append_only('dispute_documents');
  GRANT SELECT ON report_complaints_view, report_complaint_steps_view TO yunchou_app;
`;
