#pragma once

/// The index of id_tree.hpp, of pointers to one type. It does not own what they point to.

#include "types/id_tree.hpp"

#include <cstddef>

namespace thespis::types {

template <class Value>
class id_map : private id_tree {
public:
  class iterator : public id_tree::iterator {
  public:
    iterator() noexcept = default;
    iterator(id_tree::iterator at) noexcept : id_tree::iterator(at) {
    }
    Value* operator*() const noexcept {
      return static_cast<Value*>(word());
    }
    Value* operator->() const noexcept {
      return static_cast<Value*>(word());
    }
  };

  using id_tree::clear;
  using id_tree::empty;
  using id_tree::memory_bytes;
  using id_tree::nodes;
  using id_tree::size;
  bool insert(const stream_id& id, Value* value) {
    return id_tree::insert(id, value);
  }
  Value* erase(const stream_id& id) noexcept {
    return static_cast<Value*>(id_tree::erase(id));
  }
  void replace(const stream_id& id, Value* value) noexcept {
    id_tree::replace(id, value);
  }
  Value* find(const stream_id& id) const noexcept {
    return static_cast<Value*>(id_tree::find(id));
  }
  iterator at_least(const stream_id& id) const noexcept {
    return id_tree::at_least(id);
  }
  iterator at_most(const stream_id& id) const noexcept {
    return id_tree::at_most(id);
  }
  iterator first() const noexcept {
    return id_tree::first();
  }
  iterator last() const noexcept {
    return id_tree::last();
  }
};

} // namespace thespis::types
