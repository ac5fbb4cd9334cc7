// Many copies of it are loaded: data of its own, and no output.
int count = 40;
int base_add(int x) { return count + x; }
