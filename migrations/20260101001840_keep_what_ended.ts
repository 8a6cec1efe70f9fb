import type { Knex } from 'knex';

/**
 * What has ended stays as it ended, whoever asks: cases, complaints, what was held and decided in them,
 * breaks and matches that were undone. What is fixed from its first day may not be updated at all.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(ENDED);
  await knex.raw(RIGHTS);
  await knex.raw(SUSPENSE);
  await knex.raw(NOTES);
  await knex.raw(LENDERS);
}

/** The view of lenders stays: it answers as the one before it did. */
export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE dispute_steps RENAME COLUMN note_encrypted TO note;
    ALTER TABLE reconciliation_breaks DROP CONSTRAINT reconciliation_breaks_suspense_more;
    ALTER TABLE reconciliation_matches DROP CONSTRAINT reconciliation_matches_rule_check,
      ADD CONSTRAINT reconciliation_matches_rule_check CHECK (
        rule IN ('opening', 'reference', 'amount-and-day', 'by-hand', 'write-off'));
    GRANT UPDATE ON dispute_complaints, dispute_deadlines, dispute_outcomes, dispute_holds, incidents,
      incident_duties, reconciliation_breaks TO yunchou_app;
    DROP FUNCTION app_keep_ended() CASCADE;
  `);
}

const ENDED = `
  CREATE FUNCTION app_keep_ended() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    RAISE EXCEPTION USING
      ERRCODE = 'YC001',
      MESSAGE = format('a row of %s has ended: it does not change', TG_TABLE_NAME);
  END $$;
  CREATE TRIGGER keep_ended BEFORE UPDATE ON aml_cases
    FOR EACH ROW WHEN (OLD.closed_at IS NOT NULL) EXECUTE FUNCTION app_keep_ended();
  CREATE TRIGGER keep_ended BEFORE UPDATE ON dispute_complaints
    FOR EACH ROW WHEN (OLD.ended_at IS NOT NULL) EXECUTE FUNCTION app_keep_ended();
  CREATE TRIGGER keep_ended BEFORE UPDATE ON dispute_outcomes
    FOR EACH ROW WHEN (OLD.verdict IS NOT NULL) EXECUTE FUNCTION app_keep_ended();
  CREATE TRIGGER keep_ended BEFORE UPDATE ON dispute_holds
    FOR EACH ROW WHEN (OLD.ended_at IS NOT NULL) EXECUTE FUNCTION app_keep_ended();
  CREATE TRIGGER keep_ended BEFORE UPDATE ON reconciliation_breaks
    FOR EACH ROW WHEN (OLD.status = 'resolved') EXECUTE FUNCTION app_keep_ended();
  CREATE TRIGGER keep_ended BEFORE UPDATE ON reconciliation_matches
    FOR EACH ROW WHEN (OLD.undone_at IS NOT NULL) EXECUTE FUNCTION app_keep_ended();
`;

const RIGHTS = `
  REVOKE UPDATE ON dispute_complaints, dispute_deadlines, dispute_outcomes, dispute_holds, incidents,
    incident_duties, reconciliation_breaks FROM yunchou_app;
  GRANT UPDATE (respondent_kind, respondent_id, channel, status, ended_at)
    ON dispute_complaints TO yunchou_app;
  GRANT UPDATE (done_at, missed_at) ON dispute_deadlines TO yunchou_app;
  GRANT UPDATE (verdict, decided_by, decided_at) ON dispute_outcomes TO yunchou_app;
  GRANT UPDATE (status, captured_minor, entry_no, ended_at) ON dispute_holds TO yunchou_app;
  GRANT UPDATE (severity, affected_users, data_affected, status, classified_at)
    ON incidents TO yunchou_app;
  GRANT UPDATE (done_at, missed_at, waived_at, waived_because) ON incident_duties TO yunchou_app;
  GRANT UPDATE (status, owner, note, proposed_to, proposed_by, proposed_reason, proposed_at,
    resolution, resolved_by, resolved_at) ON reconciliation_breaks TO yunchou_app;
`;

const SUSPENSE = `
  ALTER TABLE reconciliation_matches DROP CONSTRAINT reconciliation_matches_rule_check,
    ADD CONSTRAINT reconciliation_matches_rule_check CHECK (rule IN
      ('opening', 'reference', 'amount-and-day', 'by-hand', 'write-off', 'suspense'));
  -- Only what the bank has more can be somebody's whom we do not know yet.
  ALTER TABLE reconciliation_breaks ADD CONSTRAINT reconciliation_breaks_suspense_more
    CHECK (resolution IS DISTINCT FROM 'suspense' OR amount_minor > 0);
`;

const NOTES = `
  -- Why a party takes a complaint elsewhere is in its own words, and sealed as they are.
  ALTER TABLE dispute_steps RENAME COLUMN note TO note_encrypted;
`;

const LENDERS = `
  -- Whoever is linked with a borrower is looked up once a loan, not once a lender.
  CREATE OR REPLACE VIEW aml_lenders_view WITH (security_invoker = true) AS
    SELECT l.operator_id, l.id AS loan_id, l.issuer_id, l.principal_minor, l.currency,
           l.disbursed_on, n.holder_id AS investor_id, n.source_id, n.opened_on,
           sum(n.cost_minor)::bigint AS lent_minor
    FROM loans l
    JOIN issuers b ON b.operator_id = l.operator_id AND b.id = l.issuer_id
    CROSS JOIN LATERAL (
      SELECT array_agg(x.party_id) AS party_ids FROM (
        SELECT b.party_id
        UNION ALL
        SELECT a.party_id FROM payment_bank_accounts o
        JOIN payment_bank_accounts a ON a.operator_id = o.operator_id
          AND a.account_digest = o.account_digest
        WHERE o.operator_id = b.operator_id AND o.party_id = b.party_id
        UNION ALL
        SELECT p.party_id FROM application_linked_parties(b.party_id) p
      ) x
    ) linked
    JOIN loan_notes n ON n.operator_id = l.operator_id AND n.loan_no = l.loan_no
      AND n.holder_kind = 'investor' AND n.source_type = 'subscription'
    JOIN investors i ON i.operator_id = n.operator_id AND i.id = n.holder_id
      AND i.party_id = ANY (linked.party_ids)
    GROUP BY l.operator_id, l.id, l.issuer_id, l.principal_minor, l.currency, l.disbursed_on,
             n.holder_id, n.source_id, n.opened_on;
`;
