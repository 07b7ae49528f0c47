// Whether products of our own take the place of the library's.
#pragma once

namespace vae {

/// Whether they are allowed ("matrix_product": "auto") and known to be faster where their conditions hold: on
/// AMD's processors with AVX-512, the only ones that they were measured on, with one thread and two.
bool uses_own_products();

}  // namespace vae
