export { ROLES, isRole, type AuthenticatedUser, type Role } from './user';
