import type { Knex } from 'knex';

/** Lets supervisors follow figures into the views of reports that came after their role. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('SELECT app_open_report_views()');
}

/** The rights go with the views. */
export async function down(): Promise<void> {
  // Nothing was made.
}
