import { z } from 'zod';
import type { Db } from '../../platform/db';
import { instantView, lineInput, page, route, type Route } from '../../platform/http';
import { LABELS } from './label';
import type { ReportLabels } from './label.service';

const TAG = 'Reports';

const subjectParams = z.strictObject({
  subject: z
    .string()
    .regex(/^(iss|off)_[0-9A-HJKMNP-TV-Z]{26}$/)
    .meta({ description: 'An issuer, or one offering of it.' }),
});
const labelParams = subjectParams.extend({ label: z.enum(LABELS) });
const labelBody = z.strictObject({
  value: lineInput(8).meta({
    description: 'nace-section: A to U (NACE Rev. 2). related-party: yes or no, of an issuer.',
  }),
});
const labelsView = page(
  z.object({
    subject: z.string(),
    label: z.enum(LABELS),
    value: z.string(),
    recordedAt: instantView,
    recordedBy: z.string(),
  }),
);

export interface LabelRouteDeps {
  readonly reportLabels: ReportLabels;
}

/** What reports ask of issuers and offerings, and nothing else does. */
export function labelRoutes({ reportLabels }: LabelRouteDeps): readonly Route[] {
  const show = async (db: Db, subject: string) => {
    const body = { items: await reportLabels.list(db, subject) };
    return { status: 200, body } as const;
  };
  return [
    route({
      method: 'get',
      path: '/v1/report-labels/{subject}',
      tag: TAG,
      summary: 'What reports say of an issuer or an offering beyond its file',
      access: { roles: ['compliance', 'operations', 'admin', 'regulator'] },
      params: subjectParams,
      replies: { 200: labelsView },
      read: (db, { params }) => show(db, params.subject),
    }),
    route({
      method: 'put',
      path: '/v1/report-labels/{subject}/{label}',
      tag: TAG,
      summary: 'Say it, for the reports that are made from now on',
      access: { roles: ['compliance', 'operations', 'admin'] },
      params: labelParams,
      body: labelBody,
      replies: { 200: labelsView },
      write: async (tx, { params, body }) => {
        await reportLabels.set(tx, { ...params, value: body.value });
        return show(tx, params.subject);
      },
    }),
  ];
}
