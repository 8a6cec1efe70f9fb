import type { IntegrityCheck } from '../../platform/integrity';

/** What must be true of sheets, whatever happens to their offerings. */
export const kiisChecks: readonly IntegrityCheck[] = [
  {
    id: 'kiis.sheets-are-documents',
    title: 'Every sheet that was drawn up is kept as a document of its offering',
    scope: 'operator',
    sql: `
      SELECT s.offering_id, s.document_id
      FROM kiis_sheets s
      LEFT JOIN offering_documents d ON d.operator_id = s.operator_id
        AND d.offering_id = s.offering_id AND d.id = s.document_id
        AND d.content_type = 'application/pdf'
      WHERE d.id IS NULL
      ORDER BY s.offering_id, s.document_id`,
  },
  {
    id: 'kiis.versions-gapless',
    title: 'The words of a sheet are counted from 1 without a gap',
    scope: 'operator',
    sql: `
      SELECT t.offering_id, count(*) AS versions, max(t.version) AS last_version
      FROM kiis_texts t
      GROUP BY t.offering_id HAVING count(*) <> max(t.version)
      ORDER BY t.offering_id`,
  },
];
