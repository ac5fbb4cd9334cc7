// Streams: buffering, positions, lines, memory streams, errors.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

int main(void) {
  FILE* file = fopen("stream", "w+");
  CHECK(file != NULL);
  for (int i = 0; i < 2000; i++) CHECK(fprintf(file, "line %d\n", i) > 0);
  CHECK(fflush(file) == 0);
  const long end = ftell(file);
  rewind(file);
  char* line = NULL;
  size_t room = 0;
  int lines = 0;
  long bytes = 0;
  for (ssize_t n; (n = getline(&line, &room, file)) > 0; lines++) bytes += n;
  CHECK(lines == 2000 && bytes == end && feof(file));
  free(line);
  CHECK(fseek(file, 5, SEEK_SET) == 0 && fgetc(file) == '0');
  CHECK(ungetc('Z', file) == 'Z' && fgetc(file) == 'Z');
  CHECK(fseek(file, -5, SEEK_END) == 0);
  char tail[8] = "";
  CHECK(fread(tail, 1, sizeof(tail), file) == 5);
  CHECK(strcmp(tail, "1999\n") == 0);
  CHECK(fclose(file) == 0);

  file = fopen("stream", "a");
  CHECK(setvbuf(file, NULL, _IONBF, 0) == 0 && fputs("appended", file) >= 0);
  CHECK(fclose(file) == 0);
  file = fopen("stream", "rb");
  CHECK(fseek(file, end, SEEK_SET) == 0 &&
        fgets(tail, sizeof(tail), file) == tail);
  CHECK(strcmp(tail, "appende") == 0);
  CHECK(fputc('x', file) == EOF && ferror(file));
  clearerr(file);
  CHECK(fclose(file) == 0);
  CHECK(fopen("nothing", "r") == NULL && errno == ENOENT);
  CHECK(remove("stream") == 0);

  char* text = NULL;
  size_t size = 0;
  FILE* memory = open_memstream(&text, &size);
  CHECK(fprintf(memory, "%d-%s", 7, "x") == 3 && fclose(memory) == 0);
  CHECK(size == 3 && strcmp(text, "7-x") == 0);
  free(text);
  char source[] = "12 34";
  memory = fmemopen(source, sizeof(source), "r");
  int a = 0, b = 0;
  CHECK(fscanf(memory, "%d %d", &a, &b) == 2 && a == 12 && b == 34);
  CHECK(fclose(memory) == 0);
  printf("unflushed until exit");
  return 0;
}
