/** What the driver of a soak asks the process under it, each answered under the number it came with. */
export type Ask =
  | { want: 'sample' }
  | { want: 'reset' }
  | { want: 'token' | 'signIn' | 'cookie'; persona: string };

export interface House {
  url: string;
  workspaceUrl: string;
  warehouseId: string;
  /** User names by alias. */
  personas: Record<string, string>;
}

export type Answer = { number: number; value: unknown } | { number: number; error: string };
