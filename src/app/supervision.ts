import type { AuditCheckpoints } from '../platform/audit';
import type { Tx } from '../platform/db';
import type { PartyService, SessionService, UserService } from '../modules/identity';
import type { ReportService } from '../modules/reporting';
import {
  AlertRunner,
  AlertService,
  EvidenceService,
  FilingService,
  InspectionRegister,
  InspectionService,
  SubjectService,
  SupervisedReading,
  SupervisorRunner,
  SupervisorService,
  type OpenedSubject,
  type SealedSubjects,
  type SubjectId,
} from '../modules/supervision';
import { StoredCaseRecords } from './case-records';
import type { StoredPartyFiles } from './party-files';
import type { Platform } from './platform';

type BelowRecords = ConstructorParameters<typeof StoredCaseRecords>[0];

interface BelowSupervision extends BelowRecords {
  readonly checkpoints: AuditCheckpoints;
  readonly users: UserService;
  readonly sessions: SessionService;
  readonly parties: PartyService;
  readonly files: StoredPartyFiles;
  readonly reports: ReportService;
}

export function composeSupervision(platform: Platform, below: BelowSupervision) {
  const { directory: operators, users, sessions, reports, checkpoints } = below;
  const transactions = platform.database;
  const supervisors = new SupervisorService({ ...platform, operators, users });
  const inspections = new InspectionService({ ...platform, operators, reports });
  const alerts = new AlertService({ ...platform, operators, reports });
  return {
    supervisors,
    supervisorRunner: new SupervisorRunner({ supervisors, sessions, transactions }),
    supervisedReading: new SupervisedReading({
      ...platform,
      operators,
      supervised: platform.supervisedDatabase,
      transactions,
    }),
    supervisedFilings: new FilingService({ ...platform, reports }),
    subjects: new SubjectService({ ...platform, sealed: new StoredSubjects(below) }),
    inspections,
    inspectionRegister: new InspectionRegister({ ...platform, inspections, reports }),
    inspectionEvidence: new EvidenceService({
      ...platform,
      checkpoints,
      reports,
      inspections,
      records: new StoredCaseRecords(below),
    }),
    alerts,
    alertRunner: new AlertRunner({ alerts, transactions }),
  };
}

/** Opens what investors and issuers keep sealed. */
class StoredSubjects implements SealedSubjects {
  constructor(private readonly below: Pick<BelowSupervision, 'files' | 'parties'>) {}

  async open(tx: Tx, id: SubjectId, purpose: string): Promise<OpenedSubject> {
    const { files, parties } = this.below;
    const file = isInvestor(id) ? await files.getInvestor(tx, id) : await files.getIssuer(tx, id);
    const identityNumber = await parties.revealNumber(tx, file.partyId, purpose);
    return { name: file.name, identityNumber };
  }
}

function isInvestor(id: SubjectId): id is Extract<SubjectId, `inv_${string}`> {
  return id.startsWith('inv_');
}
