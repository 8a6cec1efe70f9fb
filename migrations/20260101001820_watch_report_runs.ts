import type { Knex } from 'knex';

/**
 * What happens to a report after it was made. Its state goes forward only, and what it is a report of
 * never changes. Facts that come late are looked for by when they were recorded, so that a night costs
 * what that night brought. A deadline is warned of once.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(STATES);
  await knex.raw(LATE_FACTS);
  await knex.raw(VIEWS);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP VIEW report_take_ups_view, report_listings_view, report_people_view, report_notes_view,
      report_receipts_view;
    CREATE VIEW report_listings_view WITH (security_invoker = true) AS
      SELECT l.operator_id, l.id AS listing_id, l.loan_no, l.units, l.listed_at, l.ended_at
      FROM market_listings l;
    CREATE VIEW report_people_view WITH (security_invoker = true) AS
      SELECT i.operator_id, i.id AS person_id, i.party_id FROM issuers i
      UNION ALL SELECT v.operator_id, v.id, v.party_id FROM investors v;
    CREATE VIEW report_notes_view WITH (security_invoker = true) AS
      SELECT n.operator_id, n.loan_no, n.note_no, n.holder_kind, n.holder_id, n.principal_minor,
             t.traded_at
      FROM loan_notes n
      LEFT JOIN market_trades t ON t.operator_id = n.operator_id AND n.source_type = 'trade'
        AND t.id = n.source_id;
    CREATE VIEW report_receipts_view WITH (security_invoker = true) AS
      SELECT p.operator_id, p.loan_no, p.payment_no, coalesce(r.kind, p.kind) AS kind, p.paid_on,
             p.recorded_at, p.principal_minor, p.interest_minor + p.late_minor AS interest_minor,
             p.servicing_minor, (p.kind = 'reversal') AS is_reversal
      FROM loan_payments p
      LEFT JOIN loan_payments r ON r.operator_id = p.operator_id AND r.loan_no = p.loan_no
        AND r.payment_no = p.reverses_payment_no;
    GRANT SELECT ON report_listings_view, report_people_view, report_notes_view, report_receipts_view
      TO yunchou_app;
    SELECT app_open_report_views();
    DROP INDEX loan_payments_by_recording;
    DROP TABLE report_late_searches;
    DROP TRIGGER report_runs_course ON report_runs;
    DROP FUNCTION report_guard_run();
    ALTER TABLE report_runs DROP COLUMN suspected_at, DROP COLUMN deadline_warned_at,
      ADD COLUMN examined_at TIMESTAMPTZ;
  `);
}

const STATES = `
  ALTER TABLE report_runs ADD COLUMN deadline_warned_at TIMESTAMPTZ;

  CREATE FUNCTION report_guard_run() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF TG_OP = 'INSERT' THEN
      IF NEW.state <> 'scheduled' THEN
        RAISE EXCEPTION 'report % begins as %: it is to be scheduled', NEW.id, NEW.state
          USING ERRCODE = 'YC001';
      END IF;
      RETURN NEW;
    END IF;
    IF (NEW.id, NEW.template_id, NEW.template_version, NEW.period_from, NEW.period_to, NEW.due_on,
        NEW.supersedes, NEW.reason, NEW.created_at, NEW.created_by)
       IS DISTINCT FROM
       (OLD.id, OLD.template_id, OLD.template_version, OLD.period_from, OLD.period_to, OLD.due_on,
        OLD.supersedes, OLD.reason, OLD.created_at, OLD.created_by) THEN
      RAISE EXCEPTION 'report % does not become another', OLD.id USING ERRCODE = 'YC001';
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
         ('scheduled', 'generated'), ('scheduled', 'published'),
         ('generated', 'restated'), ('published', 'restated')) THEN
      RAISE EXCEPTION 'report % does not go from % to %', OLD.id, OLD.state, NEW.state
        USING ERRCODE = 'YC001';
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER report_runs_course BEFORE INSERT OR UPDATE ON report_runs
    FOR EACH ROW EXECUTE FUNCTION report_guard_run();
`;

const LATE_FACTS = `
  -- Since when a fact that came late may change the report; nothing once that was examined.
  ALTER TABLE report_runs ADD COLUMN suspected_at TIMESTAMPTZ, DROP COLUMN examined_at;
  CREATE INDEX report_runs_suspected ON report_runs (operator_id, suspected_at)
    WHERE suspected_at IS NOT NULL;

  -- Up to when of what was recorded the operator's late facts have been looked for.
  CREATE TABLE report_late_searches (
    operator_id INTEGER PRIMARY KEY,
    searched_to TIMESTAMPTZ NOT NULL
  );
  SELECT app_enable_rls('report_late_searches', 'SELECT, INSERT, UPDATE');

  -- Payments are written in the order of their recording, so that this costs next to nothing.
  CREATE INDEX loan_payments_by_recording ON loan_payments USING brin (recorded_at);
`;

const VIEWS = `
  CREATE OR REPLACE VIEW report_receipts_view WITH (security_invoker = true) AS
    SELECT p.operator_id, p.loan_no, p.payment_no, coalesce(r.kind, p.kind) AS kind, p.paid_on,
           p.recorded_at, p.principal_minor, p.interest_minor + p.late_minor AS interest_minor,
           p.servicing_minor, (p.kind = 'reversal') AS is_reversal, p.amount_minor
    FROM loan_payments p
    LEFT JOIN loan_payments r ON r.operator_id = p.operator_id AND r.loan_no = p.loan_no
      AND r.payment_no = p.reverses_payment_no;

  -- A guarantor's note came about with the payment that compensated lenders.
  CREATE OR REPLACE VIEW report_notes_view WITH (security_invoker = true) AS
    SELECT n.operator_id, n.loan_no, n.note_no, n.holder_kind, n.holder_id, n.principal_minor,
           t.traded_at, n.source_type, p.recorded_at AS compensated_at
    FROM loan_notes n
    LEFT JOIN market_trades t ON t.operator_id = n.operator_id AND n.source_type = 'trade'
      AND t.id = n.source_id
    LEFT JOIN loan_payments p ON p.operator_id = n.operator_id AND p.loan_no = n.loan_no
      AND n.source_type = 'claim' AND p.source_type = 'claim' AND p.source_id = n.source_id
      AND p.kind = 'compensation';

  -- Who lends and borrows, of what kind, and since when.
  CREATE OR REPLACE VIEW report_people_view WITH (security_invoker = true) AS
    SELECT i.operator_id, i.id AS person_id, i.party_id, 'borrower' AS role, i.kind,
           i.created_at AS recorded_at
    FROM issuers i
    UNION ALL
    SELECT v.operator_id, v.id, v.party_id, 'lender', v.kind, v.created_at
    FROM investors v;

  CREATE OR REPLACE VIEW report_listings_view WITH (security_invoker = true) AS
    SELECT l.operator_id, l.id AS listing_id, l.loan_no, l.units, l.listed_at, l.ended_at, l.note_no,
           l.seller_id
    FROM market_listings l;

  -- Notes that were bought: what of whose, for how much, and which note the buyer has now.
  CREATE VIEW report_take_ups_view WITH (security_invoker = true) AS
    SELECT t.operator_id, t.id AS trade_id, t.listing_id, t.loan_no, t.seller_note_no,
           t.buyer_note_no, t.buyer_id, t.currency, t.units, t.principal_minor, t.clean_minor,
           t.accrued_minor, t.traded_at
    FROM market_trades t WHERE t.loan_no IS NOT NULL;

  GRANT SELECT ON report_take_ups_view TO yunchou_app;
  SELECT app_open_report_views();
`;
