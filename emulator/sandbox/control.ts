import type { Control, ControlOptions } from '../control/index.ts';

/** Starts the control API of a sandbox on loopback. Loaded on demand: a test without it starts 40 ms earlier. */
export async function createControl(options: ControlOptions): Promise<Control> {
  const control = await import('../control/index.ts');
  return control.createControl(options);
}
