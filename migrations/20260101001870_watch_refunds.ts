import type { Knex } from 'knex';

/** What borrowers paid too much and were sent back, as the rules about money laundering look at it. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE VIEW aml_refunds_view WITH (security_invoker = true) AS
      SELECT w.operator_id, 'withdrawal'::text AS direction, w.id, 'issuer'::text AS subject_kind,
             l.issuer_id AS subject_id, w.amount_minor, w.currency, w.entry_no,
             w.resolved_at AS moved_at
      FROM payment_withdrawals w
      JOIN payment_references r ON r.operator_id = w.operator_id AND r.reference = w.owner_reference
      JOIN loans l ON l.operator_id = r.operator_id AND l.id = r.owner_id
      WHERE w.kind = 'loan-refund' AND w.status = 'confirmed';
    GRANT SELECT ON aml_refunds_view TO yunchou_app;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP VIEW aml_refunds_view');
}
