export {
  documentHash,
  renderTable,
  type BarChart,
  type TableColumn,
  type TableDocument,
} from './table-document';
