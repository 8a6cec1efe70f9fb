export { supervisionProblem } from './errors';
export { FilingService, type FilingDeps } from './filing.service';
export type { OpenedSubject, SealedSubjects, SubjectId } from './ports';
export { SupervisedReading, type ReadingDeps } from './reading.service';
export { supervisionRoutes, type SupervisionRouteDeps } from './routes';
export { SupervisorService, type SupervisorDeps } from './supervisor.service';
