import type { Knex } from 'knex';

/**
 * What reports ask of a project or its owner and nothing else does: the section of economic activity,
 * whether the owner is related to the operator. The last one counts, and all are kept.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE report_labels (
      operator_id INTEGER NOT NULL,
      -- An issuer, or one offering of it.
      subject     TEXT COLLATE "C" NOT NULL CHECK (subject LIKE 'iss\\_%' OR subject LIKE 'off\\_%'),
      label       TEXT COLLATE "C" NOT NULL CHECK (label IN ('nace-section', 'related-party')),
      label_no    BIGINT GENERATED ALWAYS AS IDENTITY,
      value       TEXT COLLATE "C" NOT NULL CHECK (
                    CASE label WHEN 'nace-section' THEN value ~ '^[A-U]$'
                      ELSE subject LIKE 'iss\\_%' AND value IN ('yes', 'no') END),
      recorded_at TIMESTAMPTZ NOT NULL,
      recorded_by TEXT NOT NULL,
      PRIMARY KEY (operator_id, subject, label, label_no)
    );
    SELECT app_enable_rls('report_labels', 'SELECT, INSERT');
    SELECT app_make_append_only('report_labels');

    CREATE VIEW report_labels_view WITH (security_invoker = true) AS
      SELECT b.operator_id, b.subject, b.label, b.label_no, b.value, b.recorded_at
      FROM report_labels b;
    CREATE VIEW report_subjects_view WITH (security_invoker = true) AS
      SELECT i.operator_id, i.id FROM issuers i
      UNION ALL SELECT o.operator_id, o.id FROM offerings o;
    GRANT SELECT ON report_labels_view, report_subjects_view TO yunchou_app;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP VIEW report_subjects_view, report_labels_view; DROP TABLE report_labels;');
}
