/** Every tool, one row each, in the order the model sees them. */
import type { AnyTool } from '../contract/tool.ts'
import { askUser } from './ask-user.ts'
import { findReferences } from './code/find-references.ts'
import { findSymbol } from './code/find-symbol.ts'
import { getCallGraph } from './code/get-call-graph.ts'
import { getDependencyGraph } from './code/get-dependency-graph.ts'
import { getInheritance } from './code/get-inheritance.ts'
import { gitLog } from './code/git-log.ts'
import { gotoDefinition } from './code/goto-definition.ts'
import { outline } from './code/outline.ts'
import { searchCodebase } from './code/search-codebase.ts'
import { showImpact } from './code/show-impact.ts'
import { editFile } from './files/edit-file.ts'
import { insertLine } from './files/insert-line.ts'
import { readFile } from './files/read-file.ts'
import { viewImage } from './files/view-image.ts'
import { writeFile } from './files/write-file.ts'
import { diagnostics } from './lsp/diagnostics.ts'
import { hover } from './lsp/hover.ts'
import { renameSymbol } from './lsp/rename-symbol.ts'
import { applyPatch } from './patch/apply-patch.ts'
import { recallResult } from './recall-result.ts'
import { remember } from './remember.ts'
import { bash } from './run/bash.ts'
import { bashOutput } from './run/bash-output.ts'
import { killShell } from './run/kill-shell.ts'
import { runTests } from './run/run-tests.ts'
import { glob } from './search/glob.ts'
import { grep } from './search/grep.ts'
import { listDirectory } from './search/list-directory.ts'
import { printTree } from './search/print-tree.ts'
import { todo } from './todo.ts'
import { webFetch } from './web/web-fetch.ts'
import { webSearch } from './web/web-search.ts'

export const allTools: readonly AnyTool[] = [
  searchCodebase,
  findSymbol,
  findReferences,
  gotoDefinition,
  getCallGraph,
  getDependencyGraph,
  getInheritance,
  showImpact,
  outline,
  grep,
  glob,
  gitLog,
  readFile,
  editFile,
  writeFile,
  insertLine,
  applyPatch,
  bash,
  bashOutput,
  killShell,
  runTests,
  diagnostics,
  hover,
  renameSymbol,
  printTree,
  listDirectory,
  viewImage,
  webFetch,
  webSearch,
  recallResult,
  todo,
  remember,
  askUser,
]
