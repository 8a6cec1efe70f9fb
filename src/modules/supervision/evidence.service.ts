import { must } from '../../kernel/assert';
import { canonicalJson, type Json } from '../../kernel/canonical-json';
import type { Clock } from '../../kernel/clock';
import type { Id } from '../../kernel/id';
import { asRecordProof, type Audit, type AuditCheckpoints } from '../../platform/audit';
import type { DocumentSigner } from '../../platform/auth';
import type { Db, Tx } from '../../platform/db';
import { JSON_TYPE, PACK_FILE, signedFiles, storedFile, type ReportService } from '../reporting';
import type { Draw, DrawnCase } from './draw';
import { supervisionProblem } from './errors';
import { entriesOf, subjectsOf } from './evidence';
import type { InspectionService } from './inspection.service';
import type { CaseRecord, CaseRecords } from './ports';
import type { Visit } from './reading.service';

export interface EvidenceDeps {
  readonly clock: Clock;
  readonly audit: Audit;
  readonly signer: DocumentSigner;
  readonly checkpoints: AuditCheckpoints;
  readonly reports: ReportService;
  readonly inspections: InspectionService;
  readonly records: CaseRecords;
}

/** A drawn case, with the row of the report that it was drawn from. */
export interface FoundCase {
  readonly inspectionId: Id<'isp'>;
  readonly runId: Id<'rpt'>;
  /** 1 for the first that was drawn. */
  readonly number: number;
  readonly drawn: DrawnCase;
  readonly row: Readonly<Record<string, string | null>>;
  /** The draw as it was published. */
  readonly published: string;
}

const SIGNATURE_TYPE = 'yunchou-evidence-manifest+json';
/** Of one subject; there are none with more but the operator's own accounts. */
const MOST_AUDIT_RECORDS = 1000;

/** Everything an operator has on record of a drawn case, in one signed archive. */
export class EvidenceService {
  constructor(private readonly deps: EvidenceDeps) {}

  /**
   * @param of.number 1 for the first case that was drawn.
   * @throws Problem `supervision.inspection-not-found`, `supervision.not-drawn-yet`,
   *   `supervision.case-not-drawn`.
   */
  async find(
    db: Db,
    { supervisor }: Visit,
    of: { readonly id: Id<'isp'>; readonly number: number },
  ): Promise<FoundCase> {
    const { inspections, reports } = this.deps;
    const inspection = await inspections.get(db, of.id, supervisor);
    const published = await inspections.published(db, of.id);
    const { drawn: cases, population } = JSON.parse(published) as Draw;
    const drawn = cases[of.number - 1];
    if (drawn === undefined) throw supervisionProblem('case-not-drawn');
    const { runId } = must(inspection.drawn, 'the draw');
    // The population stands in the order of its keys: whichever is before it leads to the row.
    const place = population.findIndex(({ key }) => key === drawn.key);
    const after = population[place - 1]?.key ?? '';
    const request = { figureId: inspection.terms.figure, by: {}, after, limit: 1 };
    const [row] = await reports.drill(db, runId, request);
    const { values } = must(row, 'the row that was drawn');
    return {
      inspectionId: of.id,
      runId,
      number: of.number,
      drawn,
      row: values,
      published,
    };
  }

  /**
   * The archive: the case and its row, what is on record of whatever they name, the journal entries and
   * audit records of it, each record with the proof that a signed checkpoint holds it.
   */
  async bundle(tx: Tx, found: FoundCase): Promise<Buffer> {
    const { clock, audit, signer, records } = this.deps;
    const { inspectionId, runId, number, drawn, row, published } = found;
    const subjects = subjectsOf(drawn.key, row);
    const kept = new Map<string, CaseRecord>();
    for (const id of subjects) {
      const record = await records.read(tx, id);
      if (record !== undefined) kept.set(id, record);
    }
    const about = { inspection: inspectionId, report: runId, case: number, key: drawn.key };
    const file = (name: string, content: Json) =>
      storedFile(name, JSON_TYPE, canonicalJson(content));
    const files = [
      file('case.json', { ...about, ...drawn, row }),
      storedFile('draw.json', JSON_TYPE, published),
      file('records.json', Object.fromEntries([...kept].map(([id, { record }]) => [id, record]))),
      file('journal.json', entriesOf([...kept.values()])),
      file('audit.json', await this.auditOf(tx, subjects)),
    ];
    await audit.record(tx, {
      action: 'inspection.evidence-taken',
      subject: inspectionId,
      details: { case: number },
    });
    const says = { ...about, generatedAt: clock.now().toISOString() };
    const signed = signedFiles(files, { says, type: SIGNATURE_TYPE }, signer);
    return must(
      signed.find(({ name }) => name === PACK_FILE),
      'the archive',
    ).bytes;
  }

  private async auditOf(db: Db, subjects: readonly string[]): Promise<Json> {
    const proofs: Json[] = [];
    for (const subject of subjects) {
      const of = { subject, limit: MOST_AUDIT_RECORDS };
      for (const proof of await this.deps.checkpoints.proveSubject(db, of)) {
        proofs.push(asJson(proof));
      }
    }
    return proofs;
  }
}

function asJson(proof: Parameters<typeof asRecordProof>[0]): Json {
  const { checkpoint, ...rest } = asRecordProof(proof);
  return { ...rest, checkpoint: { ...checkpoint, takenAt: checkpoint.takenAt.toISOString() } };
}
