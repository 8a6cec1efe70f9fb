import type { Knex } from 'knex';

/**
 * Somebody was told of an incident in time, and it was written down after the duty had been flagged: that
 * it was missed is taken back, with the instant, so that reports of before say what was known then.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE incident_duties ADD COLUMN cleared_at TIMESTAMPTZ,
      ADD CONSTRAINT incident_duties_cleared
        CHECK (cleared_at IS NULL OR (missed_at IS NOT NULL AND done_at < due_at));
    GRANT UPDATE (cleared_at) ON incident_duties TO yunchou_app;
    CREATE OR REPLACE VIEW report_incident_duties_view WITH (security_invoker = true) AS
      SELECT d.operator_id, d.incident_id, d.duty, d.due_at, d.missed_at, d.cleared_at
      FROM incident_duties d;
    SELECT app_open_report_views();
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP VIEW report_incident_duties_view;
    CREATE VIEW report_incident_duties_view WITH (security_invoker = true) AS
      SELECT d.operator_id, d.incident_id, d.duty, d.due_at, d.missed_at
      FROM incident_duties d;
    GRANT SELECT ON report_incident_duties_view TO yunchou_app;
    ALTER TABLE incident_duties DROP COLUMN cleared_at;
    SELECT app_open_report_views();
  `);
}
