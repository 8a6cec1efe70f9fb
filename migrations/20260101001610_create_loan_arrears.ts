import type { Knex } from 'knex';

/**
 * What is done about a loan that is not paid: who was contacted, what was promised, what was decided
 * and by which two people, how the debt was arranged anew, and which loan took its place.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(LOANS);
  await knex.raw(CONTACTS);
  await knex.raw(PROMISES);
  await knex.raw(MEASURES);
  await knex.raw(RESTRUCTURINGS);
  await knex.raw(RENEWALS);
  await knex.raw(RIGHTS);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP TABLE loan_renewals, loan_restructuring_votes, loan_restructurings, loan_measures,
      loan_promises, loan_contact_stops, loan_contacts;
    ALTER TABLE loan_schedules DROP CONSTRAINT loan_schedules_reason_check,
      ADD CONSTRAINT loan_schedules_reason_check CHECK (reason IN
        ('disbursal', 'prepayment', 'restructuring', 're-ageing', 'holiday', 'rate-change',
         'import', 'reversal'));
    ALTER TABLE loan_instalments DROP COLUMN earned_on;
    ALTER TABLE loans DROP COLUMN given_up_on;
  `);
}

const LOANS = `
  -- A loan that was written off is given up at last: nothing more is expected of it.
  ALTER TABLE loans ADD COLUMN given_up_on DATE
    CHECK (given_up_on IS NULL OR written_off_on IS NOT NULL);

  -- Interest that was put off is earned before it falls due: by then all of it is owed, also by
  -- who repays early.
  ALTER TABLE loan_instalments ADD COLUMN earned_on DATE
    CHECK (earned_on > from_on AND earned_on <= due_on);

  ALTER TABLE loan_schedules DROP CONSTRAINT loan_schedules_reason_check,
    ADD CONSTRAINT loan_schedules_reason_check CHECK (reason IN
      ('disbursal', 'prepayment', 'restructuring', 're-ageing', 'holiday', 'rate-change',
       'import', 'reversal', 'write-off'));
`;

const CONTACTS = `
  -- Every time a borrower was spoken to or written to about what it owes.
  CREATE TABLE loan_contacts (
    operator_id  INTEGER NOT NULL,
    loan_no      BIGINT NOT NULL,
    no           INTEGER NOT NULL CHECK (no > 0),
    -- Limits count a borrower's contacts, whichever of its loans they are about.
    issuer_id    TEXT COLLATE "C" NOT NULL,
    direction    TEXT NOT NULL CHECK (direction IN ('outbound', 'inbound')),
    channel      TEXT NOT NULL CHECK (channel IN ('phone', 'sms', 'email', 'letter', 'visit')),
    outcome      TEXT NOT NULL CHECK (outcome IN
                   ('conversation', 'no-answer', 'message-left', 'sent', 'wrong-person')),
    note         TEXT NOT NULL,
    contacted_at TIMESTAMPTZ NOT NULL,
    -- Where the borrower was, by whose clock the hours are kept.
    time_zone    TEXT NOT NULL,
    recorded_at  TIMESTAMPTZ NOT NULL,
    recorded_by  TEXT NOT NULL,
    PRIMARY KEY (operator_id, loan_no, no)
  );
  CREATE INDEX loan_contacts_by_issuer ON loan_contacts (operator_id, issuer_id, contacted_at);

  -- While one is open the borrower is left alone.
  CREATE TABLE loan_contact_stops (
    operator_id INTEGER NOT NULL,
    issuer_id   TEXT COLLATE "C" NOT NULL,
    no          INTEGER NOT NULL CHECK (no > 0),
    kind        TEXT NOT NULL CHECK (kind IN ('dispute', 'representation', 'request')),
    reason      TEXT NOT NULL,
    made_at     TIMESTAMPTZ NOT NULL,
    made_by     TEXT NOT NULL,
    lifted_at   TIMESTAMPTZ,
    lifted_by   TEXT,
    PRIMARY KEY (operator_id, issuer_id, no),
    CHECK ((lifted_at IS NULL) = (lifted_by IS NULL))
  );
`;

const PROMISES = `
  CREATE TABLE loan_promises (
    operator_id  INTEGER NOT NULL,
    loan_no      BIGINT NOT NULL,
    id           TEXT COLLATE "C" NOT NULL CHECK (id LIKE 'prm\\_%'),
    amount_minor BIGINT NOT NULL CHECK (amount_minor > 0),
    made_on      DATE NOT NULL,
    by_on        DATE NOT NULL CHECK (by_on >= made_on),
    status       TEXT NOT NULL CHECK (status IN ('open', 'kept', 'broken', 'withdrawn')),
    -- The loan's last payment when it was made: those after it count.
    after_payment_no INTEGER NOT NULL,
    made_at      TIMESTAMPTZ NOT NULL,
    made_by      TEXT NOT NULL,
    paid_minor   BIGINT,
    judged_on    DATE,
    PRIMARY KEY (operator_id, id),
    CHECK ((status IN ('kept', 'broken')) = (paid_minor IS NOT NULL)),
    CHECK ((status = 'open') = (judged_on IS NULL))
  );
  CREATE UNIQUE INDEX loan_promises_one_open ON loan_promises (operator_id, loan_no)
    WHERE status = 'open';
  CREATE INDEX loan_promises_by_loan ON loan_promises (operator_id, loan_no, id);
  CREATE INDEX loan_promises_open ON loan_promises (operator_id, by_on) WHERE status = 'open';
`;

const MEASURES = `
  -- What one person proposes about a loan in arrears and another carries out.
  CREATE TABLE loan_measures (
    operator_id INTEGER NOT NULL,
    loan_no     BIGINT NOT NULL,
    no          INTEGER NOT NULL CHECK (no > 0),
    kind        TEXT NOT NULL CHECK (kind IN
                  ('costs', 'waiver', 'default', 'cure', 'write-off', 'give-up')),
    details     JSONB NOT NULL,
    reason      TEXT NOT NULL,
    status      TEXT NOT NULL CHECK (status IN ('proposed', 'carried-out', 'declined')),
    proposed_at TIMESTAMPTZ NOT NULL,
    proposed_by TEXT NOT NULL,
    -- Absent where the policy lets one person decide.
    decided_by  TEXT,
    decided_at  TIMESTAMPTZ,
    PRIMARY KEY (operator_id, loan_no, no),
    CHECK ((status = 'proposed') = (decided_at IS NULL)),
    CHECK (status <> 'carried-out' OR decided_by <> proposed_by
      OR (kind = 'costs' AND decided_by IS NULL))
  );
`;

const RESTRUCTURINGS = `
  -- One arrangement of the rest of a loan: proposed, agreed to by another person and by holders, and
  -- then a schedule of its own.
  CREATE TABLE loan_restructurings (
    operator_id    INTEGER NOT NULL,
    loan_no        BIGINT NOT NULL,
    id             TEXT COLLATE "C" NOT NULL CHECK (id LIKE 'rst\\_%'),
    terms          JSONB NOT NULL,
    reason         TEXT NOT NULL,
    status         TEXT NOT NULL CHECK (status IN
                     ('proposed', 'voting', 'in-force', 'declined')),
    proposed_at    TIMESTAMPTZ NOT NULL,
    proposed_by    TEXT NOT NULL,
    decided_at     TIMESTAMPTZ,
    decided_by     TEXT,
    -- Holders may be in favour up to the end of this day.
    vote_until     DATE,
    in_force_on    DATE,
    before_version INTEGER,
    after_version  INTEGER,
    -- What it took from the lenders, as it was reckoned on the day it came into force.
    loss_minor     BIGINT,
    PRIMARY KEY (operator_id, id),
    CHECK ((status = 'in-force') = (num_nulls(in_force_on, before_version, after_version,
      loss_minor) = 0)),
    CHECK (status NOT IN ('voting', 'in-force') OR decided_by <> proposed_by),
    CHECK (status <> 'voting' OR vote_until IS NOT NULL)
  );
  CREATE UNIQUE INDEX loan_restructurings_one_open ON loan_restructurings (operator_id, loan_no)
    WHERE status IN ('proposed', 'voting');
  CREATE INDEX loan_restructurings_by_loan ON loan_restructurings (operator_id, loan_no, id);
  CREATE INDEX loan_restructurings_voting ON loan_restructurings (operator_id, vote_until)
    WHERE status = 'voting';

  -- One vote a note. It weighs what the note's principal is when votes are counted.
  CREATE TABLE loan_restructuring_votes (
    operator_id      INTEGER NOT NULL,
    restructuring_id TEXT COLLATE "C" NOT NULL,
    loan_no          BIGINT NOT NULL,
    note_no          INTEGER NOT NULL,
    is_in_favour     BOOLEAN NOT NULL,
    voted_at         TIMESTAMPTZ NOT NULL,
    voted_by         TEXT NOT NULL,
    PRIMARY KEY (operator_id, restructuring_id, note_no)
  );
`;

const RENEWALS = `
  -- The offering whose loan repays another one of the same borrower. While it is open the borrower's
  -- caps count the new loan, and not the old one as well.
  CREATE TABLE loan_renewals (
    operator_id  INTEGER NOT NULL,
    loan_no      BIGINT NOT NULL,
    offering_id  TEXT COLLATE "C" NOT NULL,
    status       TEXT NOT NULL CHECK (status IN ('open', 'renewed', 'failed')),
    -- The old loan's rows of the borrower's caps, which count again where the renewal fails.
    cap_subjects TEXT[] NOT NULL,
    cap_keys     TEXT[] NOT NULL,
    freed_minor  BIGINT NOT NULL CHECK (freed_minor > 0),
    -- What is set aside of the new loan's proceeds, from the instruction to pay the rest out on.
    aside_minor  BIGINT CHECK (aside_minor > 0),
    hold_no      BIGINT,
    made_at      TIMESTAMPTZ NOT NULL,
    made_by      TEXT NOT NULL,
    ended_at     TIMESTAMPTZ,
    PRIMARY KEY (operator_id, offering_id),
    CHECK ((status = 'open') = (ended_at IS NULL)),
    CHECK (cardinality(cap_subjects) = cardinality(cap_keys)),
    CHECK ((hold_no IS NULL) = (aside_minor IS NULL)),
    CHECK (hold_no IS NULL OR status = 'open')
  );
  CREATE UNIQUE INDEX loan_renewals_one_open ON loan_renewals (operator_id, loan_no)
    WHERE status <> 'failed';
`;

const RIGHTS = `
  SELECT app_make_append_only('loan_contacts');
  SELECT app_enable_rls('loan_contacts', 'SELECT, INSERT');
  SELECT app_enable_rls('loan_contact_stops', 'SELECT, INSERT, UPDATE');
  SELECT app_enable_rls('loan_promises', 'SELECT, INSERT, UPDATE');
  SELECT app_enable_rls('loan_measures', 'SELECT, INSERT, UPDATE');
  SELECT app_enable_rls('loan_restructurings', 'SELECT, INSERT, UPDATE');
  SELECT app_enable_rls('loan_restructuring_votes', 'SELECT, INSERT, UPDATE');
  SELECT app_enable_rls('loan_renewals', 'SELECT, INSERT, UPDATE');
`;
