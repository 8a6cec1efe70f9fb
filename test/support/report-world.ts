import { join } from 'node:path';
import { must } from '../../src/kernel/assert';
import type { Id } from '../../src/kernel/id';
import { DocumentSigner } from '../../src/platform/auth';
import type { Database } from '../../src/platform/db';
import { Seal } from '../../src/platform/pdf';
import { runChecks } from '../../src/platform/integrity';
import {
  loadReportTemplates,
  reportChecks,
  ReportComputer,
  ReportMaker,
  ReportRunner,
  reportRoutes,
  ReportService,
  type Pack,
} from '../../src/modules/reporting';
import { readContent } from '../../src/modules/reporting/store';
import { calendars } from './compliance';
import { EU_OPERATOR } from './offering-regimes';
import { PACKS } from './report-packs';
import { returnsWorld } from './returns-world';

export type ReportWorld = Awaited<ReturnType<typeof reportWorld>>;

/** Its check digits are right. */
export const LEI = '529900T8BM49AURSDO55';

/** Whoever is asked for, that is the number. */
const NUMBERS = { revealNumber: () => Promise.resolve(LEI) };

export const REPORTS = join(__dirname, '../../compliance/reports');

/** Loans that are paid, missed and sold, and the reports of them. */
export async function reportWorld() {
  const base = await returnsWorld();
  const { clock, newId, audit, outbox, operators } = base;
  const failures: unknown[] = [];
  const servicesOf = (packs: readonly Pack[], replica?: Pick<Database, 'read'>) => {
    const templates = loadReportTemplates(REPORTS, { packs, calendars: calendars() });
    const shared = { clock, newId, audit, outbox, operators, templates, calendars: calendars() };
    const computer = new ReportComputer({ operators, packs });
    const signer = new DocumentSigner(Buffer.alloc(32, 5));
    const seal = Seal.ofSeed(Buffer.alloc(32, 5));
    const maker = new ReportMaker({ ...shared, signer, seal, computer, parties: NUMBERS, replica });
    const reports = new ReportService({ ...shared, computer, maker });
    const runner = new ReportRunner({
      ...shared,
      log: { error: (_, fields) => void failures.push(fields) },
      transactions: base.test.database,
      maker,
    });
    return { reports, maker, runner, templates, computer };
  };
  const own = servicesOf(PACKS);
  return Object.assign(base, own, {
    servicesOf,
    failures,
    reportRoutes: reportRoutes({
      reports: own.reports,
      audit,
      transactions: base.test.database,
    }),
    make: (templateId: string, day?: string) =>
      base.write((tx) => own.reports.run(tx, { templateId, day: day as never })),
    contentOf: async (id: Id<'rpt'>): Promise<string> =>
      must(await base.read((db) => readContent(db, id)), 'the content'),
    broken: async () => {
      const results = await runChecks(base.test.database, reportChecks, [EU_OPERATOR]);
      return results.filter(({ count }) => count > 0n);
    },
  });
}
