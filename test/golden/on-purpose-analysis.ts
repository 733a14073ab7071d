// Where measuring and judging are meant to differ from what was recorded: by case and field, with the reason.
// docs/COMPAT.md tells users.

export interface OnPurposeAnalysis {
  readonly id: string
  readonly field: string
  /** What ours says there. */
  readonly ours: string | undefined
  readonly reason: string
  /** The first cell of the row in docs/COMPAT.md. */
  readonly row: string
}

export const ON_PURPOSE_ANALYSIS: readonly OnPurposeAnalysis[] = [
  ...['phase', 'error'].map(field => ({
    id: 'cloudwatch-034',
    field,
    ours: field === 'phase' ? 'Successful' : undefined,
    reason: 'There a nil pointer in the compiler, with a stack trace as message; the expression is right, and works.',
    row: '`filter(result, .Id == "x")[0].Label` on results of CloudWatch',
  })),
]
