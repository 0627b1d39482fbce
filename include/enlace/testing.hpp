// Module: testing
#pragma once

// The test kit: enlace's own pipeline against simulated services in virtual time. Link `enlace::testing`.

#include <enlace/testing/explore.hpp>
#include <enlace/testing/service.hpp>
#include <enlace/testing/virtual_clock.hpp>
#include <enlace/testing/world.hpp>
