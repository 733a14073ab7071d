// The program is made of ES modules; a Node that is too old for them has been turned away before.
exports.startProgram = () => import('../main/crossfade.js')
