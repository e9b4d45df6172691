/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef PICKET_TEST_REFUSED_PART_H
#define PICKET_TEST_REFUSED_PART_H

unsigned int part_sum(const unsigned int *values, unsigned int count);

#endif
