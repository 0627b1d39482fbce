#pragma once

namespace enlace::cli {

/// How the demo is shown.
struct demo_options {
  /// Narrated in colours, as on a terminal; else plain text.
  bool coloured = false;
  /// Goes on calling afterwards, with an admin endpoint, until interrupted.
  bool stay = false;
};

/// Shows what a call does against an upstream that behaves badly. Gives the exit status: 0 when all went as told.
int run_demo(const demo_options& how);

}  // namespace enlace::cli
