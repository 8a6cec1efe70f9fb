import { must } from '../../kernel/assert';
import { canonicalJson, type Json } from '../../kernel/canonical-json';
import { dateIn, type CalendarDate } from '../../kernel/calendar-date';
import type { Clock } from '../../kernel/clock';
import type { Id, NewId } from '../../kernel/id';
import type { Audit } from '../../platform/audit';
import type { Db, Tx } from '../../platform/db';
import type { Outbox } from '../../platform/outbox';
import { operatorIdOf, type OperatorDirectory } from '../identity';
import type { Heads, ReportService, Run } from '../reporting';
import { commitmentTo, draw, type Case, type Draw } from './draw';
import { supervisionProblem } from './errors';
import { requireStep, type Inspection, type InspectionTerms, type Step } from './inspection';
import * as store from './inspection.store';
import type { Visit } from './reading.service';
import type { Supervisor } from './remit';

export interface InspectionDeps {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly operators: OperatorDirectory;
  readonly reports: ReportService;
}

/** What is drawn from, once the nonce is shown. */
export interface DrawBasis {
  readonly inspection: Inspection;
  readonly run: Run;
  readonly population: readonly Case[];
}

/** What one of the sides adds to an inspection. */
export type NextStep = Pick<Step, 'step'> &
  Partial<Pick<Step, 'pointNo' | 'caseKey' | 'text' | 'dueOn'>>;

const PAGE = 1000;
/** A draw is published with all it was drawn from. */
const LARGEST_POPULATION = 100_000;

/** Inspections: a draw that neither side could choose, and what is asked and found about it. */
export class InspectionService {
  constructor(private readonly deps: InspectionDeps) {}

  /**
   * Commits to a nonce by its hash, before there is the report that is drawn from.
   *
   * @throws Problem `supervision.figure-not-reported`, `supervision.commitment-used`.
   */
  async open(
    tx: Tx,
    { supervisor }: Visit,
    of: { readonly commitment: string; readonly terms: InspectionTerms },
  ): Promise<Inspection> {
    const { clock, newId, audit, outbox, reports } = this.deps;
    const template = reports.templates(tx).find(({ id }) => id === of.terms.template);
    if (template?.figures.some(({ id }) => id === of.terms.figure) !== true) {
      throw supervisionProblem('figure-not-reported');
    }
    const inspection: Inspection = {
      ...of,
      id: newId('isp'),
      authorityId: supervisor.authorityId,
      openedBy: supervisor.userId,
      openedAt: clock.now(),
      drawn: undefined,
    };
    if (!(await store.insertInspection(tx, inspection))) {
      throw supervisionProblem('commitment-used');
    }
    const details = { commitment: of.commitment, template: of.terms.template };
    await audit.record(tx, {
      action: 'inspection.opened',
      subject: inspection.id,
      details,
    });
    await outbox.publish(tx, {
      type: 'inspection.opened',
      subject: inspection.id,
      payload: details,
    });
    return inspection;
  }

  /** @throws Problem `supervision.inspection-not-found`, also where it is another authority's. */
  async get(db: Db, id: Id<'isp'>, of?: Supervisor): Promise<Inspection> {
    const inspection = await store.findInspection(db, id);
    const isOwn = of === undefined || inspection?.authorityId === of.authorityId;
    if (inspection === undefined || !isOwn) throw supervisionProblem('inspection-not-found');
    return inspection;
  }

  async list(
    db: Db,
    of: Parameters<typeof store.listInspections>[1],
  ): Promise<readonly Inspection[]> {
    return store.listInspections(db, of);
  }

  /**
   * Reads what is drawn from: the rows behind the figure in the first report of which everything was
   * recorded after the commitment.
   *
   * @throws Problem `supervision.inspection-not-found`, `supervision.nonce-mismatch`,
   *   `supervision.already-drawn`, `supervision.no-report-yet`, `supervision.stratum-not-found`,
   *   `supervision.population-too-large`.
   */
  async basis(
    db: Db,
    { supervisor }: Visit,
    of: { readonly id: Id<'isp'>; readonly nonce: string },
  ): Promise<DrawBasis> {
    const inspection = await this.get(db, of.id, supervisor);
    if (inspection.drawn !== undefined) throw supervisionProblem('already-drawn');
    if (commitmentTo(of.nonce) !== inspection.commitment)
      throw supervisionProblem('nonce-mismatch');
    const run = await this.deps.reports.firstKnownAfter(db, {
      templateId: inspection.terms.template,
      after: inspection.openedAt,
    });
    if (run === undefined) throw supervisionProblem('no-report-yet');
    return { inspection, run, population: await this.populationOf(db, run, inspection.terms) };
  }

  /** Draws, and keeps the draw for everybody to compute again. @throws as `basis`. */
  async draw(tx: Tx, { inspection, run, population }: DrawBasis, nonce: string): Promise<Draw> {
    const { clock, audit, outbox } = this.deps;
    const { heads, contentHash } = must(run.made, 'a report that was made');
    const drawn = draw(
      population,
      { nonce, reportSha256: contentHash, ledgerHead: headOf(heads) },
      inspection.terms,
    );
    const isFirst = await store.insertDraw(tx, {
      inspectionId: inspection.id,
      runId: run.id,
      drawnAt: clock.now(),
      draw: canonicalJson(drawn as unknown as Json),
    });
    if (!isFirst) throw supervisionProblem('already-drawn');
    const details = { report: run.id, seed: drawn.seed, cases: drawn.sampleSize };
    await audit.record(tx, { action: 'inspection.drawn', subject: inspection.id, details });
    await outbox.publish(tx, {
      type: 'inspection.drawn',
      subject: inspection.id,
      payload: details,
    });
    return drawn;
  }

  /** The draw as it was published. @throws Problem `supervision.not-drawn-yet`. */
  async published(db: Db, id: Id<'isp'>): Promise<string> {
    const text = await store.readDraw(db, id);
    if (text === undefined) throw supervisionProblem('not-drawn-yet');
    return text;
  }

  /**
   * Opens a point, or takes its next step, in the name of the actor of the transaction.
   *
   * @throws Problem `supervision.point-not-found`, `supervision.point-step`, `supervision.four-eyes`,
   *   `supervision.case-not-drawn`, `supervision.already-expired` for a deadline that is not ahead.
   */
  async step(tx: Tx, inspection: Inspection, next: NextStep): Promise<readonly Step[]> {
    const { clock, audit, outbox } = this.deps;
    await store.lockInspection(tx, inspection.id);
    const steps = await store.listSteps(tx, inspection.id);
    const actor = tx.scope.actor.id;
    const place = placeOf(steps, { ...next, actor });
    this.requireAhead(tx, next.dueOn);
    await this.requireDrawn(tx, inspection, next.caseKey);
    const step: Step = {
      ...place,
      step: next.step,
      caseKey: next.caseKey,
      text: next.text,
      dueOn: next.dueOn,
      actor,
      happenedAt: clock.now(),
    };
    await store.insertStep(tx, inspection.id, step);
    const details = { point: place.pointNo, dueOn: next.dueOn };
    const action = `inspection.point-${next.step}`;
    await audit.record(tx, { action, subject: inspection.id, details });
    await outbox.publish(tx, { type: action, subject: inspection.id, payload: details });
    return [...steps, step];
  }

  async steps(db: Db, id: Id<'isp'>): Promise<readonly Step[]> {
    return store.listSteps(db, id);
  }

  private async populationOf(
    db: Db,
    run: Run,
    { figure: figureId, stratumBy }: InspectionTerms,
  ): Promise<readonly Case[]> {
    const population: Case[] = [];
    for (let after = ''; ;) {
      const request = { figureId, by: {}, after, limit: PAGE };
      const rows = await this.deps.reports.drill(db, run.id, request);
      for (const { key, values } of rows.slice(0, PAGE)) {
        const stratum = stratumBy === undefined ? 'all' : values[stratumBy];
        if (stratum === undefined) throw supervisionProblem('stratum-not-found');
        population.push({ key, stratum: stratum ?? '' });
      }
      if (population.length > LARGEST_POPULATION) throw supervisionProblem('population-too-large');
      if (rows.length <= PAGE) return population;
      after = must(population.at(-1), 'a row').key;
    }
  }

  private requireAhead(db: Db, dueOn: CalendarDate | undefined): void {
    const { timeZone } = this.deps.operators.get(operatorIdOf(db));
    if (dueOn === undefined || dueOn > dateIn(timeZone, this.deps.clock.now())) return;
    throw supervisionProblem('already-expired', { detail: 'The deadline must lie ahead.' });
  }

  private async requireDrawn(
    db: Db,
    { id }: Inspection,
    caseKey: string | undefined,
  ): Promise<void> {
    if (caseKey === undefined) return;
    const { drawn } = JSON.parse(await this.published(db, id)) as Draw;
    if (!drawn.some(({ key }) => key === caseKey)) throw supervisionProblem('case-not-drawn');
  }
}

/** How far the ledger reached, as a line: each chain with its length and hash. */
function headOf({ ledger }: Heads): string {
  return ledger.map(({ chain, seq, hash }) => `${chain}:${seq}:${hash}`).join(',');
}

/** Where a step stands: at the end of its point, or at the head of a new one. */
function placeOf(
  steps: readonly Step[],
  { pointNo, step, actor }: NextStep & Pick<Step, 'actor'>,
): Pick<Step, 'pointNo' | 'stepNo'> {
  if (pointNo === undefined) return { pointNo: (steps.at(-1)?.pointNo ?? 0) + 1, stepNo: 1 };
  const last = steps.findLast((each) => each.pointNo === pointNo);
  if (last === undefined) throw supervisionProblem('point-not-found');
  requireStep(last, { step, actor });
  return { pointNo, stepNo: last.stepNo + 1 };
}
