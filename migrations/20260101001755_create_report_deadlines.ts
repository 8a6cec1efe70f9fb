import type { Knex } from 'knex';

/** Deadlines of complaints that passed, and when: reports count them. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE VIEW report_complaint_deadlines_view WITH (security_invoker = true) AS
      SELECT d.operator_id, d.complaint_id, d.duty, d.channel, d.missed_at
      FROM dispute_deadlines d WHERE d.missed_at IS NOT NULL;
    GRANT SELECT ON report_complaint_deadlines_view TO yunchou_app;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP VIEW report_complaint_deadlines_view;');
}
