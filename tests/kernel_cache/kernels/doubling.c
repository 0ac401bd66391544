/* y = FACTOR * x over buffers of 64 numbers, after DELAY rounds of idling: kernels of known speed. */
struct Buffer { /* the head of a halide_buffer_t */
  unsigned long device;
  const void* interface;
  float* host;
};

int lithe_kernel_argv(void** arguments) {
  const struct Buffer* x = arguments[0];
  const struct Buffer* y = arguments[1];
  for (volatile int i = 0; i < DELAY; ++i) {
  }
  for (int i = 0; i < 64; ++i) y->host[i] = FACTOR * x->host[i];
  return 0;
}
