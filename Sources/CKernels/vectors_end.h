// Undoes the names of vectors.h, so that the next path may define them again.
#undef vf
#undef vi
#undef vd
#undef vload
#undef vstore
#undef vsplat
#undef vselect
#undef vmax
#undef vsum
#undef vexp
#undef vloadi
#undef vtofloat
#undef vlookup
#undef vfromhalf
#undef vtohalf
#undef QB_INLINE
