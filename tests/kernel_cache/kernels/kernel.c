/* What a compiled kernel exports: its function of an argument vector. */
int lithe_kernel_argv(void** arguments) {
  (void)arguments;
  return NUMBER;
}
