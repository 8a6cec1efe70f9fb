import { canonicalJson, type Json } from '../../kernel/canonical-json';
import type { Clock } from '../../kernel/clock';
import type { Id } from '../../kernel/id';
import type { Audit } from '../../platform/audit';
import type { Db, Tx } from '../../platform/db';
import type { Outbox } from '../../platform/outbox';
import type { BothLanguages, ReportService } from '../reporting';
import type { Draw } from './draw';
import type { Inspection, RegisteredInspection, Result } from './inspection';
import type { InspectionService } from './inspection.service';
import { publicDraw } from './public-draw';
import { insertResult, listRegistered } from './register.store';

export interface RegisterDeps {
  readonly clock: Clock;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly inspections: InspectionService;
  readonly reports: ReportService;
}

/**
 * The register of inspections that everybody may read. It begins with the commitment, so that a draw
 * that was given up is seen as well as one that was made.
 */
export class InspectionRegister {
  constructor(private readonly deps: RegisterDeps) {}

  /** Inspections of the operator of the scope, the latest first; `limit` and one more. */
  async list(
    db: Db,
    page: Parameters<typeof listRegistered>[1],
  ): Promise<readonly RegisteredInspection[]> {
    const templates = this.deps.reports.templates(db);
    return (await listRegistered(db, page)).map((each) => {
      const { template, figure } = each.inspection.terms;
      const found = templates.find(({ id }) => id === template);
      const title = {
        report: found?.title ?? named(template),
        figure: found?.figures.find(({ id }) => id === figure)?.title ?? named(figure),
      };
      return { ...each, title };
    });
  }

  /**
   * A draw with all that it takes to compute it again, and no name of a case, as canonical JSON.
   *
   * @throws Problem `supervision.inspection-not-found`, `supervision.not-drawn-yet`.
   */
  async draw(db: Db, id: Id<'isp'>): Promise<string> {
    await this.deps.inspections.get(db, id);
    const text = await this.deps.inspections.published(db, id);
    return canonicalJson(publicDraw(JSON.parse(text) as Draw) as unknown as Json);
  }

  /**
   * Lets everybody know what came of an inspection. What was said before stays.
   *
   * @throws Problem `supervision.not-drawn-yet`.
   */
  async publish(tx: Tx, { id }: Inspection, text: string): Promise<Result> {
    const { clock, audit, outbox, inspections } = this.deps;
    await inspections.published(tx, id);
    const result = { text, publishedAt: clock.now() };
    await insertResult(tx, id, result);
    const type = 'inspection.result-published';
    await audit.record(tx, { action: type, subject: id, details: { text } });
    await outbox.publish(tx, { type, subject: id, payload: {} });
    return result;
  }
}

/** What is called by its id, where no template says more. */
function named(id: string): BothLanguages {
  return { en: id, zh: id };
}
