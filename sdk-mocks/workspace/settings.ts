/** Named switches and limits of the workspace. */
export interface WorkspaceSettings {
  /**
   * Form of the 403 for a missing scope. `by_path`: plain text, and JSON for Unity Catalog, SQL and token paths
   * (field: both forms were observed; reference apps-platform 2.4).
   */
  scopeErrorFormat: 'by_path' | 'text' | 'json';
  /** Largest request body, bytes. The longest statement the platform takes is 16 MiB. */
  maxBodyBytes: number;
  /** Largest file of one upload, bytes. The platform takes 5 GiB; ours are read whole. */
  maxFileBytes: number;
}

export const defaultSettings: WorkspaceSettings = {
  scopeErrorFormat: 'by_path',
  maxBodyBytes: 20 * 1024 * 1024,
  maxFileBytes: 512 * 1024 * 1024,
};
