export type Shape = { kind: 'square'; size: number } | { kind: 'circle'; radius: number };

export function describe(shape: Shape): string {
  return shape.kind === 'square' ? `square of ${shape.size}` : `circle of ${shape.radius}`;
}
